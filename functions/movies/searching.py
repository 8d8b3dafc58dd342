"""Own films and those of others are searched, and what is said in them."""

from aws_lambda_powertools.event_handler import Response
from marquee.domain.movies import MovieFilter
from marquee.entry import movie_queries as asked
from marquee.entry.http import PREFIX, Limit
from marquee.services.movie_answers import MoviesPage
from marquee.services.paging import DEFAULT_LIMIT
from marquee.services.search_movies import MovieQuery
from marquee.services.search_spoken import MomentQuery, MomentsPage

from movies.api import api
from movies.wiring import wiring


@api.get(f"{PREFIX}/movies/search")
def search_movies(
    q: asked.Text = "",
    year: asked.Year = None,
    genre: asked.Genre = None,
    language: asked.Language = None,
    available: asked.Available = None,
    where: asked.Where = "titles",
    kind: asked.Kind = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: asked.Place = None,
) -> Response[MoviesPage | MomentsPage]:
    """Own films and those TMDB knows, best match first; misspellings are forgiven. In a transcript: moments of
    films that are open to everybody."""
    wanted = MovieFilter(year=year, genre=genre, language=language, available=available)
    if where == "transcript":
        moments = MomentQuery(q=q, kind=kind, wanted=wanted)
        return api.ok(wiring.search_spoken(moments, api.principal, limit, cursor))
    return api.ok(wiring.search_movies(MovieQuery(q=q, wanted=wanted), limit, cursor))
