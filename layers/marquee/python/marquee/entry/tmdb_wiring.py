"""Adapters of functions that serve films out of the cache and from TMDB, each built when it is first used."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from marquee.domain.cache import Cache
from marquee.domain.movie_source import MovieSource
from marquee.entry.settings import CacheSettings, TmdbSettings
from marquee.entry.wiring import CacheWiring

if TYPE_CHECKING:
    from marquee.adapters.tmdb import TmdbClient
    from marquee.adapters.tmdb_transport import Transport

C = TypeVar("C", bound=CacheSettings)
T = TypeVar("T", bound=TmdbSettings)

LOCAL = "local"


class CachingWiring(CacheWiring[C]):
    """The cache that answers are served from."""

    @cached_property
    def cache(self) -> Cache:
        from marquee.adapters.cache import serving_cache

        return serving_cache(self.valkey, attempts=self.attempts, metrics=self.metrics)


class TmdbWiring(CachingWiring[T]):
    """Films of TMDB, where there is one."""

    @cached_property
    def movie_source(self) -> MovieSource:
        from marquee.adapters.movie_source import CachedMovieSource, OwnFilmsAlone

        if self.settings.tmdb_url in ("", LOCAL):
            return OwnFilmsAlone()
        return CachedMovieSource(self.tmdb, self.cache)

    @cached_property
    def tmdb(self) -> TmdbClient:
        from marquee.adapters.breaker import SharedBreaker
        from marquee.adapters.bucket import SharedBucket
        from marquee.adapters.tmdb import CALLS_A_SECOND, TmdbClient
        from marquee.adapters.tmdb_token import Token, secret_token

        return TmdbClient(
            self.settings.tmdb_url,
            Token(partial(secret_token, self.settings.tmdb_secret_arn)),
            transport=self._tmdb_transport(),
            breaker=SharedBreaker(self.valkey, "tmdb", attempts=self.attempts, metrics=self.metrics),
            bucket=SharedBucket(self.valkey, "tmdb", size=CALLS_A_SECOND, attempts=self.attempts),
        )

    def _tmdb_transport(self) -> Transport:
        if self.settings.tmdb_function_name:
            from marquee.adapters.tmdb_errands import FunctionTransport

            return FunctionTransport(self.settings.tmdb_function_name)
        from marquee.adapters.tmdb_transport import Urllib3Transport

        return Urllib3Transport()
