"""Administrators write the catalogue."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, IdempotencyKey
from marquee.services.edit_movies import MovieChanges, NewMovie
from marquee.services.movie_answers import MovieAnswer

from movies.api import api
from movies.wiring import wiring


@api.post(f"{PREFIX}/movies", middlewares=[admins])
def create_movie(body: NewMovie, key: IdempotencyKey = None) -> Response[MovieAnswer]:
    """Add a movie to the catalogue. The same `Idempotency-Key` gives the same movie."""
    return api.created(wiring.replay.once(key, wiring.create_movie, body, MovieAnswer))


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
