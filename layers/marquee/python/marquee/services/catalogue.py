"""Our own movies with what can be watched of them, read through the cache.

Every answer says where it is from: the database, the cache, or an old copy because the database is away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from marquee.domain.assets import Asset, AssetStatus
from marquee.domain.cache import Cache, CacheKey, Json
from marquee.domain.errors import TransientError
from marquee.domain.media import Model
from marquee.domain.movie_source import Source
from marquee.domain.movie_store import CatalogueStatistics, MovieStore
from marquee.domain.movies import Movie, MovieFilter, MovieSort, PageKey
from marquee.domain.search_terms import fold
from marquee.domain.stores import AssetStore
from marquee.services.rank_movies import MENTIONED, Relevance, relevance
from marquee.services.show_asset import answer_of
from marquee.services.show_pictures import PosterAnswer

# Candidates that are looked at closely; a query that more titles resemble is not one for these.
CANDIDATES = 300
MENTIONS = 50
ALL_MOVIES = "movies"

_SOURCES: dict[str, Source] = {"loaded": "database", "cache": "cache", "stale": "stale"}


class MovieAsset(Model):
    """What can be watched of a movie. Addresses are root-relative; `width` and `height` in pixels."""

    id: str
    status: AssetStatus
    playable: bool
    playback_url: str | None
    dash_url: str | None
    poster_url: str | None
    poster: PosterAnswer | None = None
    duration_seconds: float | None
    width: int | None
    height: int | None


class Entry(Model):
    """A movie, its asset if there is one, and how well it answers what was asked."""

    movie: Movie
    asset: MovieAsset | None = None
    relevance: Relevance = MENTIONED

    @property
    def available(self) -> bool:
        return self.asset is not None and self.asset.playable

    @property
    def is_settled(self) -> bool:
        return self.asset is not None and self.asset.status == "ready"


@dataclass(frozen=True)
class Read:
    """Entries and where they are from. `degraded`: the database is away, and these may be old."""

    entries: tuple[Entry, ...]
    source: Source
    degraded: bool


def movie_tag(movie_id: str) -> str:
    return f"movie:{movie_id}"


def tags_of(movie_ids: Iterable[str]) -> tuple[str, ...]:
    """What a change of these movies makes old; lists are made of any of them."""
    tags = tuple(movie_tag(movie_id) for movie_id in movie_ids)
    return (ALL_MOVIES, *tags) if tags else ()


@dataclass(frozen=True)
class Catalogue:
    """Reads raise `TransientError` when the database is away and there is no old copy."""

    movies: MovieStore
    assets: AssetStore
    cache: Cache

    def matching(self, query: str, wanted: MovieFilter) -> Read:
        """Movies that `query` means, in no order; an empty query means all."""
        stored = wanted.model_copy(update={"available": None})
        key = CacheKey.of("movies", "match", fold(query) or query.strip(), *stored.model_dump().values())
        read = self._read(key, lambda: self._matching(query, stored), (ALL_MOVIES,))
        entries = tuple(entry for entry in read.entries if wanted.available in (None, entry.available))
        return replace(read, entries=entries)

    def of_tmdb(self, tmdb_ids: Sequence[int]) -> Read:
        """Those of ours that stand for films of TMDB."""
        wanted = sorted(set(tmdb_ids))
        if not wanted:
            return Read((), "cache", degraded=False)
        key = CacheKey.of("movies", "tmdb", *wanted)
        return self._read(key, lambda: self._with_assets(self.movies.of_tmdb(wanted)), (ALL_MOVIES,))

    def page(self, sort: MovieSort, limit: int, after: PageKey | None) -> Read:
        key = CacheKey.of("movies", "page", sort, limit, *(after or ()))
        return self._read(key, lambda: self._with_assets(self.movies.page(sort, limit, after)), (ALL_MOVIES,))

    def one(self, movie_id: str) -> Read:
        """At most one entry."""
        found = self.cache.read(
            CacheKey.of("movie", movie_id),
            lambda: _dumped(self._with_assets(self.movies.those([movie_id]))) or None,
            tags=(movie_tag(movie_id),),
        )
        return self._current(Read(_loaded(found.value or []), _SOURCES[found.origin], found.degraded))

    def asset_of(self, movie: Movie) -> MovieAsset | None:
        """What can be watched of it, straight from the database."""
        return self._with_assets([movie])[0].asset

    def entries_of(self, movies: Sequence[Movie]) -> Sequence[Entry]:
        """These movies with their assets, in order, straight from the database."""
        return self._with_assets(movies)

    def statistics(self) -> tuple[CatalogueStatistics, bool]:
        """Counts, and whether they may be old because the database is away."""
        found = self.cache.read(
            CacheKey.of("statistics", "catalogue"), lambda: self.movies.statistics().model_dump(mode="json")
        )
        return CatalogueStatistics.model_validate(found.value), found.degraded

    def changed(self, movie_ids: Iterable[str]) -> None:
        """What was read of these movies, and of all lists, is read anew."""
        self.cache.invalidate(*tags_of(movie_ids))

    def _read(self, key: CacheKey, load: Callable[[], Sequence[Entry]], tags: Sequence[str]) -> Read:
        found = self.cache.read(key, lambda: _dumped(load()), tags=tags)
        return self._current(Read(_loaded(found.value), _SOURCES[found.origin], found.degraded))

    def _current(self, read: Read) -> Read:
        """With assets as they are now, where they may have got further than what was kept: the pipeline tells
        nobody. Those that are ready stay so."""
        moving = [entry.movie.asset_id for entry in read.entries if entry.movie.asset_id and not entry.is_settled]
        if not moving or read.source == "database":
            return read
        try:
            now = {asset.id: _watchable(asset) for asset in self.assets.those(moving)}
        except TransientError:
            return replace(read, degraded=True)
        entries = tuple(
            entry if entry.is_settled else entry.model_copy(update={"asset": now.get(entry.movie.asset_id or "")})
            for entry in read.entries
        )
        return replace(read, entries=entries)

    def _matching(self, query: str, wanted: MovieFilter) -> Sequence[Entry]:
        best: dict[str, tuple[Movie, Relevance]] = {}
        for movie in self.movies.like(query, wanted, CANDIDATES):
            match = relevance(query, movie.titles) if query.strip() else MENTIONED
            if match is not None:
                best[movie.id] = (movie, match)
        for movie in self.movies.mentioning(query, wanted, MENTIONS):
            best.setdefault(movie.id, (movie, MENTIONED))
        return [
            entry.model_copy(update={"relevance": best[entry.movie.id][1]})
            for entry in self._with_assets([movie for movie, _ in best.values()])
        ]

    def _with_assets(self, movies: Sequence[Movie]) -> Sequence[Entry]:
        linked = [movie.asset_id for movie in movies if movie.asset_id is not None]
        assets = {asset.id: _watchable(asset) for asset in self.assets.those(linked)}
        return [Entry(movie=movie, asset=assets.get(movie.asset_id or "")) for movie in movies]


def _watchable(asset: Asset) -> MovieAsset:
    return MovieAsset(**{name: getattr(answer_of(asset), name) for name in MovieAsset.model_fields})


def _dumped(entries: Sequence[Entry]) -> Json:
    return [entry.model_dump(mode="json") for entry in entries]


def _loaded(kept: Json) -> tuple[Entry, ...]:
    return tuple(Entry.model_validate(entry) for entry in kept)
