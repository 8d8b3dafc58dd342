"""Tie assets to movies: an upload may name the movie that it is for."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.domain.cache import Cache
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import InvalidRequest
from marquee.domain.movie_store import MovieStore
from marquee.domain.movies import Movie
from marquee.domain.stores import AssetStore
from marquee.services.catalogue import tags_of


@dataclass(frozen=True)
class LinkMovie:
    """What can be watched stays what a movie links to until an administrator says otherwise."""

    movies: MovieStore
    assets: AssetStore
    cache: Cache
    clock: Clock = utc_now

    def require(self, movie_id: str) -> Movie:
        """Raises `InvalidRequest` unless it is a movie of ours."""
        movie = self.movies.get(movie_id)
        if movie is None:
            raise InvalidRequest("There is no such movie.", code="unknown_movie")
        return movie

    def __call__(self, movie: Movie, asset_id: str) -> None:
        """The movie links to the new asset, unless it has one that can be watched or others were quicker."""
        if self._can_be_watched(movie.asset_id):
            return
        if self.movies.link(movie.id, asset_id, movie.asset_id, self.clock()) is not None:
            self.cache.invalidate(*tags_of([movie.id]))

    def forget(self, asset_id: str) -> None:
        """The asset goes: no movie links to it any more."""
        self.cache.invalidate(*tags_of(self.movies.unlink(asset_id, self.clock())))

    def _can_be_watched(self, asset_id: str | None) -> bool:
        asset = None if asset_id is None else self.assets.get(asset_id)
        return asset is not None and asset.version_to_play is not None
