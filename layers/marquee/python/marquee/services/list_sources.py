"""Where a movie can be watched: our own asset first, then configured providers that are well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from marquee.domain import keys
from marquee.domain.assets import playback_url
from marquee.domain.errors import NotFound
from marquee.domain.media import Model
from marquee.domain.movies import Movie
from marquee.domain.providers import Provider, ProviderHealth, SourceKind
from marquee.domain.stores import AssetStore

OWN = "marquee"
_TMDB = re.compile(r"tmdb-(\d{1,10})")


class Movies(Protocol):
    """The part of `domain.movie_store.MovieStore` that is asked here."""

    def get(self, movie_id: str) -> Movie | None: ...

    def of_tmdb(self, tmdb_ids: Sequence[int]) -> Sequence[Movie]: ...


class Source(Model):
    """`asset_id` for our own, whose session is opened by it; `url` of a provider is to be framed when `embed`."""

    provider: str
    kind: SourceKind
    url: str
    asset_id: str | None = None


class SourcesAnswer(Model):
    """In order of preference. `degraded`: a provider was left out because it is not well."""

    movie_id: str
    title: str | None
    sources: tuple[Source, ...]
    degraded: bool


@dataclass(frozen=True)
class ListSources:
    """`GET /streaming/sources/{movie_id}`; ids of TMDB's films (`tmdb-…`) too."""

    movies: Movies
    assets: AssetStore
    providers: tuple[Provider, ...]
    health: ProviderHealth

    def __call__(self, movie_id: str) -> SourcesAnswer:
        foreign = _TMDB.fullmatch(movie_id)
        movie = self._of_tmdb(int(foreign[1])) if foreign else self.movies.get(movie_id)
        if movie is None and foreign is None:
            raise NotFound("There is no such movie.")
        tmdb_id = int(foreign[1]) if foreign else movie.tmdb_id if movie else None
        offered = self.providers if tmdb_id is not None else ()
        well = [provider for provider in offered if self.health.is_well(provider)]
        found = [
            Source(provider=provider.name, kind=provider.kind, url=provider.address(tmdb_id or 0))
            for provider in sorted(well, key=lambda provider: provider.priority)
        ]
        return SourcesAnswer(
            movie_id=movie_id,
            title=movie.title if movie else None,
            sources=(*self._own(movie), *found),
            degraded=len(well) < len(offered),
        )

    def _of_tmdb(self, tmdb_id: int) -> Movie | None:
        return next(iter(self.movies.of_tmdb([tmdb_id])), None)

    def _own(self, movie: Movie | None) -> Iterator[Source]:
        asset = self.assets.get(movie.asset_id) if movie and movie.asset_id else None
        version = asset.version_to_play if asset else None
        if asset is None or version is None:
            return
        yield Source(provider=OWN, kind="hls", url=playback_url(asset.id, version), asset_id=asset.id)
        if asset.current_version == version:
            manifest = f"/{keys.media_prefix(asset.id, version)}{keys.DASH_MANIFEST}"
            yield Source(provider=OWN, kind="dash", url=manifest, asset_id=asset.id)
