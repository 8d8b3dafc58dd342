"""Trigger: HTTP, /api/v1/movies and /me/search. Effect: catalogue and films are searched; administrators write."""

from aws_lambda_powertools.event_handler import Response
from marquee.domain.movies import MovieFilter, MovieSort
from marquee.entry import movie_queries as asked
from marquee.entry.access import admins, signed_in
from marquee.entry.http import PREFIX, Api, IdempotencyKey, Limit
from marquee.services.edit_movies import MovieChanges, NewMovie
from marquee.services.movie_answers import MovieAnswer, MoviesPage
from marquee.services.paging import DEFAULT_LIMIT
from marquee.services.related_films import RelatedFilms
from marquee.services.search_movies import MovieQuery
from marquee.services.search_spoken import MomentQuery, MomentsPage
from marquee.services.show_statistics import StatisticsAnswer

from movies.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle


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


@api.post(f"{PREFIX}/movies", middlewares=[admins])
def create_movie(body: NewMovie, key: IdempotencyKey = None) -> Response[MovieAnswer]:
    """Add a movie to the catalogue. The same `Idempotency-Key` gives the same movie."""
    return api.created(wiring.replay.once(key, wiring.create_movie, body, MovieAnswer))


@api.get(f"{PREFIX}/movies/<movie_id>")
def show_movie(movie_id: str) -> Response[MovieAnswer]:
    """A movie, and where what is known of it came from."""
    shown = wiring.show_movie(movie_id)
    return api.ok(shown.answer, tag=shown.tag)


@api.get(f"{PREFIX}/movies/<movie_id>/related")
def list_related(movie_id: str) -> Response[RelatedFilms]:
    """Own films that go with a movie, the nearest first, and what they share with it."""
    return api.ok(wiring.list_related(movie_id, api.principal))


@api.patch(f"{PREFIX}/movies/<movie_id>", middlewares=[admins])
def update_movie(movie_id: str, body: MovieChanges) -> Response[MovieAnswer]:
    """Change what is named, and leave the rest."""
    edited = wiring.update_movie(movie_id, body, api.if_match)
    return api.ok(edited.answer, tag=edited.tag)


@api.delete(f"{PREFIX}/movies/<movie_id>", middlewares=[admins])
def delete_movie(movie_id: str) -> Response[None]:
    """Take a movie out of the catalogue; an asset that it leads to stays."""
    wiring.delete_movie(movie_id, api.if_match)
    return api.no_content()
