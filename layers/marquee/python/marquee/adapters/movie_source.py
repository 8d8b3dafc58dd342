"""Films of TMDB out of the cache, TMDB itself, or what was known of it before (`domain.movie_source.MovieSource`)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from marquee.adapters.tmdb import TmdbClient
from marquee.adapters.tmdb_token import NoToken
from marquee.domain.cache import Cache, CacheKey, Found
from marquee.domain.deadline import Deadline
from marquee.domain.errors import TransientError
from marquee.domain.movie_source import LAST_PAGE, Source, Sourced, TmdbMovie

# All together, the waiting for others and for Valkey too: within the 2.5 s that callers are promised.
ANSWER_SECONDS = 2.3
LONGEST_QUERY = 200
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_SOURCES: dict[str, Source] = {"cache": "cache", "stale": "stale", "loaded": "tmdb"}


class CachedMovieSource:
    """TMDB behind a cache. It never raises for an outage."""

    def __init__(self, tmdb: TmdbClient, cache: Cache, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._tmdb = tmdb
        self._cache = cache
        self._monotonic = monotonic

    def search(
        self, query: str, *, page: int = 1, year: int | None = None, language: str | None = None
    ) -> Sourced[list[TmdbMovie]]:
        words = " ".join(query.split())[:LONGEST_QUERY].casefold()
        if not words or not 1 <= page <= LAST_PAGE:
            return Sourced([], "tmdb")
        spoken = language if language and _LANGUAGE.fullmatch(language) else None
        return self._films(
            CacheKey.of("tmdb_search", words, page, year, spoken),
            lambda left: self._tmdb.search(words, page=page, year=year, language=spoken, deadline=left),
        )

    def popular(self, page: int = 1) -> Sourced[list[TmdbMovie]]:
        if not 1 <= page <= LAST_PAGE:
            return Sourced([], "tmdb")
        return self._films(CacheKey.of("tmdb_popular", page), lambda left: self._tmdb.popular(page=page, deadline=left))

    def details(self, tmdb_id: int) -> Sourced[TmdbMovie | None]:
        def load(left: Deadline) -> Any:
            movie = self._tmdb.details(tmdb_id, deadline=left)
            return movie.model_dump(mode="json") if movie else None

        return self._sourced(CacheKey.of("tmdb_details", tmdb_id), load, TmdbMovie.model_validate, None)

    def _films(self, key: CacheKey, load: Callable[[Deadline], list[TmdbMovie]]) -> Sourced[list[TmdbMovie]]:
        return self._sourced(
            key,
            lambda left: [movie.model_dump(mode="json") for movie in load(left)],
            lambda found: [TmdbMovie.model_validate(movie) for movie in found],
            [],
        )

    def _sourced(
        self, key: CacheKey, load: Callable[[Deadline], Any], build: Callable[[Any], Any], nothing: Any
    ) -> Sourced[Any]:
        deadline = Deadline(ANSWER_SECONDS, monotonic=self._monotonic)
        try:
            found = self._cache.read(key, lambda: load(deadline))
            return _said(found, build, nothing)
        except NoToken:
            return Sourced(nothing, "tmdb")  # Marquee has its own films alone, and that is all of it
        except (TransientError, ValidationError):
            return Sourced(nothing, "tmdb", degraded=True)


class OwnFilmsAlone:
    """Where no TMDB is set up: there are no other films, and nothing is missing."""

    def search(
        self, query: str, *, page: int = 1, year: int | None = None, language: str | None = None
    ) -> Sourced[list[TmdbMovie]]:
        return Sourced([], "tmdb")

    def details(self, tmdb_id: int) -> Sourced[TmdbMovie | None]:
        return Sourced(None, "tmdb")

    def popular(self, page: int = 1) -> Sourced[list[TmdbMovie]]:
        return Sourced([], "tmdb")


def _said(found: Found, build: Callable[[Any], Any], nothing: Any) -> Sourced[Any]:
    value = build(found.value) if found.value is not None else nothing
    return Sourced(value, _SOURCES[found.origin], degraded=found.degraded)
