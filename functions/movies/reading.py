"""The catalogue is read."""

from aws_lambda_powertools.event_handler import Response
from marquee.domain.movies import MovieSort
from marquee.entry import movie_queries as asked
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Limit
from marquee.services.movie_answers import MovieAnswer, MoviesPage
from marquee.services.paging import DEFAULT_LIMIT
from marquee.services.show_statistics import StatisticsAnswer

from movies.api import api
from movies.wiring import wiring


@api.get(f"{PREFIX}/movies/statistics", middlewares=[admins])
def show_statistics() -> Response[StatisticsAnswer]:
    """Numbers about the catalogue."""
    return api.ok(wiring.show_statistics())


@api.get(f"{PREFIX}/movies")
def list_movies(
    sort: MovieSort = "popular", limit: Limit = DEFAULT_LIMIT, cursor: asked.Place = None
) -> Response[MoviesPage]:
    """The catalogue, in an order of choice."""
    return api.ok(wiring.list_movies(sort, limit, cursor))


@api.get(f"{PREFIX}/movies/<movie_id>")
def show_movie(movie_id: str) -> Response[MovieAnswer]:
    """A movie, and where what is known of it came from."""
    shown = wiring.show_movie(movie_id)
    return api.ok(shown.answer, tag=shown.tag)
