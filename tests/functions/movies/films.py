"""Movies and callers for the tests of `movies`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marquee.domain import ids
from marquee.domain.clock import utc_now
from marquee.domain.movie_source import TmdbMovie
from marquee.domain.movies import Movie
from movies.handler import lambda_handler

from tests.platform import CONTEXT, Answer, Platform, answer_of, http_event

BASE = "/api/v1/movies"


def own(platform: Platform, title: str, **fields: Any) -> Movie:
    now = utc_now()
    movie = Movie(id=ids.new_movie_id(), title=title, created_at=now, updated_at=now, **fields)
    platform.movies.add(movie)
    return movie


def tmdb(platform: Platform, number: int, title: str, **fields: Any) -> TmdbMovie:
    film = TmdbMovie(tmdb_id=number, title=title, **fields)
    platform.movie_source.films.append(film)
    return film


def get(platform: Platform, path: str) -> Any:
    answer = platform.call(lambda_handler, "GET", BASE + path)
    assert answer.status == 200, answer.body
    return answer.body


def call_as(
    groups: str | None, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """A call by somebody with these groups; None: without a token."""
    event = http_event(method, BASE + path, body, headers)
    if groups is not None:
        claims = {"sub": "sub-1", "username": "somebody", "cognito:groups": f"[{groups}]"}
        event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    return answer_of(lambda_handler(event, CONTEXT))


def as_admin(method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Answer:
    return call_as("admin", method, path, body, headers)


def all_pages(platform: Platform, path: str) -> list[dict[str, Any]]:
    """Items of all pages in order."""
    items: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(200):
        page = get(platform, path + (f"&cursor={cursor}" if cursor else ""))
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items
    raise AssertionError("pages without end")
