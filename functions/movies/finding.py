"""Films that go together, and moments in those that the caller may watch."""

from aws_lambda_powertools.event_handler import Response
from marquee.domain.movies import MovieFilter
from marquee.entry import movie_queries as asked
from marquee.entry.access import signed_in
from marquee.entry.http import PREFIX, Limit
from marquee.services.paging import DEFAULT_LIMIT
from marquee.services.related_films import RelatedFilms
from marquee.services.search_spoken import MomentQuery, MomentsPage

from movies.api import api
from movies.wiring import wiring


@api.get(f"{PREFIX}/movies/<movie_id>/related")
def list_related(movie_id: str) -> Response[RelatedFilms]:
    """Own films that go with a movie, the nearest first, and what they share with it."""
    return api.ok(wiring.list_related(movie_id, api.principal))


@api.get(f"{PREFIX}/me/search", middlewares=[signed_in])
def search_my_films(
    q: asked.Text = "",
    year: asked.Year = None,
    genre: asked.Genre = None,
    language: asked.Language = None,
    kind: asked.Kind = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: asked.Place = None,
) -> Response[MomentsPage]:
    """Moments of all films that the caller may watch, by what is said in them and stands in their pictures."""
    wanted = MovieFilter(year=year, genre=genre, language=language)
    return api.ok(wiring.search_spoken(MomentQuery(q=q, kind=kind, wanted=wanted), api.principal, limit, cursor))
