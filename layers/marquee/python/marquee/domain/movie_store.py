"""Where our own movies are kept; an adapter implements this on the database, tests in memory.

Changes are compare-and-set on the movie's `version`. All methods raise `TransientError` when the database is away,
and may be called again with the same arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from marquee.domain.errors import Conflict
from marquee.domain.media import Model
from marquee.domain.movies import Movie, MovieFilter, MovieSort, PageKey


class TmdbIdTaken(Conflict):
    """Another movie of ours stands for this film of TMDB already."""

    code = "tmdb_id_taken"


class Count(Model):
    """How many movies have this value."""

    value: str
    count: int


class WatchTotals(Model):
    """Over all viewers. `views`: pairs of viewer and movie. `most_watched`: movies' ids, with most views first."""

    views: int = 0
    completed: int = 0
    viewers: int = 0
    most_watched: tuple[Count, ...] = ()


class CatalogueStatistics(Model):
    """`by_genre` and `by_availability` most frequent first, `by_year` newest first; a movie without year counts
    in none. Availability: `ready`, `playable` (still being encoded), `processing`, `failed` or `none`."""

    movies: int
    featured: int
    by_genre: tuple[Count, ...]
    by_year: tuple[Count, ...]
    by_availability: tuple[Count, ...]
    watched: WatchTotals


class MovieStore(Protocol):
    """Movies by id."""

    def add(self, movie: Movie) -> None:
        """Raises `TmdbIdTaken`."""
        ...

    def get(self, movie_id: str) -> Movie | None: ...

    def those(self, movie_ids: Sequence[str]) -> Sequence[Movie]:
        """Those of them that exist, in any order."""
        ...

    def of_tmdb(self, tmdb_ids: Sequence[int]) -> Sequence[Movie]:
        """Ours that stand for these films of TMDB, in any order."""
        ...

    def of_assets(self, asset_ids: Sequence[str]) -> Sequence[Movie]:
        """Those that link to one of these assets, in any order."""
        ...

    def replace(self, movie: Movie, version: int) -> bool:
        """Put `movie` in the place of its `version`; False when that is not the current one. Raises `TmdbIdTaken`."""
        ...

    def delete(self, movie_id: str, version: int | None = None) -> bool:
        """False when there is none, or it is no longer at `version`."""
        ...

    def page(self, sort: MovieSort, limit: int, after: PageKey | None) -> Sequence[Movie]:
        """In the order asked for; `featured` gives only those that are. `after`: a movie's `key_of(sort)`."""
        ...

    def like(self, query: str, wanted: MovieFilter, limit: int) -> Sequence[Movie]:
        """Movies whose titles share n-grams with `query`, those that share most first, of these the shortest
        titles. An empty query: all of them, the popular ones first. Looks at all of `wanted` but `available`."""
        ...

    def mentioning(self, query: str, wanted: MovieFilter, limit: int) -> Sequence[Movie]:
        """Movies with a word of `query` in title or overview, as the engine's text index finds them; none
        where an engine has no such index. Looks at all of `wanted` but `available`."""
        ...

    def link(self, movie_id: str, asset_id: str, instead_of: str | None, now: datetime) -> Movie | None:
        """The movie links to `asset_id` from now on; None when it links to something else than `instead_of`."""
        ...

    def unlink(self, asset_id: str, now: datetime) -> Sequence[str]:
        """No movie links to this asset any more. Returns the ids of those that did."""
        ...

    def statistics(self) -> CatalogueStatistics: ...
