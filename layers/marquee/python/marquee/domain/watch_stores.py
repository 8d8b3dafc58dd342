"""Where watch progress is kept: at once in Valkey, each minute in the database.

All methods raise `TransientError` when their store is away, and may be called again with the same arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from marquee.domain.watching import ContinueRule, Report, Watched


class WatchKey(NamedTuple):
    """`movie_id`: a movie's, or an asset's that belongs to none."""

    viewer: str
    movie_id: str


class Recorded(NamedTuple):
    """The state after a report; `news` says whether the report changed it."""

    state: Watched
    news: bool


class Claimed(NamedTuple):
    """An entry that one flush has taken; `state` is None when it is gone (forgotten, or too old)."""

    key: WatchKey
    state: Watched | None


class Written(NamedTuple):
    """What became of a claimed entry: `state` is in the database now. `claimed`: the entry's sequence when it
    was claimed; what the database knew besides may have made that of `state` a higher one."""

    claimed: int
    state: Watched


class LiveWatch(Protocol):
    """Progress in Valkey: entries, and which of them the database does not have yet.

    A report makes its entry dirty. A flush claims dirty entries for a while under its token; they are confirmed
    once they are in the database, and claimable again when the claim runs out before that. Whatever is
    reported after the claim makes the entry dirty again.
    """

    @property
    def shards(self) -> Sequence[int]:
        """Entries are spread over these; a claim is within one."""
        ...

    def record(self, key: WatchKey, report: Report) -> Recorded:
        """Raises `Unauthenticated` for a viewer who was forgotten a short while ago."""
        ...

    def get(self, key: WatchKey) -> Watched | None: ...

    def of_viewer(self, viewer: str) -> Mapping[str, Watched]:
        """By movie: all that is not in the database yet, and some that is."""
        ...

    def claim(self, shard: int, limit: int, token: str, lease_seconds: float) -> Sequence[Claimed]:
        """Up to `limit` entries, those whose claim ran out first, then the longest dirty."""
        ...

    def confirm(self, shard: int, token: str, written: Mapping[WatchKey, Written | None]) -> int:
        """These are in the database (None: were gone already), unless the claim has gone to another. Gives how
        many have changed since and stay dirty; the others are what `Written.state` is from now on."""
        ...

    def drop_outdated(self, key: WatchKey, sequence: int) -> None:
        """The database got a newer state past us: forget ours if it is older, unless it is dirty."""
        ...

    def forget(self, viewer: str) -> None:
        """Remove everything of a viewer and take no reports for as long as an old token may live."""
        ...

    def forgotten(self) -> Sequence[str]:
        """Viewers forgotten so long ago that no flush from before that runs any more, and not swept yet."""
        ...

    def swept(self, viewer: str) -> None:
        """Nothing of this viewer is in the database any more."""
        ...


class Kept(NamedTuple):
    """A state in the database; `version` goes up with every write."""

    key: WatchKey
    state: Watched
    version: int


class WatchStore(Protocol):
    """Progress in the database. Every write is a compare-and-set on the version that was read."""

    def get(self, key: WatchKey) -> Kept | None: ...

    def read(self, keys: Sequence[WatchKey]) -> Mapping[WatchKey, Kept]:
        """Those of `keys` that there are."""
        ...

    def write(self, changes: Sequence[Kept], *, direct: bool = False) -> frozenset[WatchKey]:
        """All changes in one call; `version` is the one that was read, 0 for a new state. Gives the keys that
        somebody else has written meanwhile: those are not changed. `direct`: past Valkey, see
        `written_directly`."""
        ...

    def page(
        self, viewer: str, rule: ContinueRule, limit: int, before: str | None, without: Sequence[str]
    ) -> Sequence[Kept]:
        """What a viewer can go on with, last watched first; `before`: only what comes after that `order_of`.
        `without`: movies that are not wanted."""
        ...

    def of_viewer(self, viewer: str) -> Iterator[Kept]: ...

    def delete(self, viewer: str) -> int:
        """Gives how many there were."""
        ...

    def written_directly(self, limit: int) -> Sequence[Kept]:
        """States that were last written past Valkey, whose entry there may be older."""
        ...

    def settle(self, kept: Kept) -> None:
        """That is dealt with, if it is still this version."""
        ...


@dataclass(frozen=True, slots=True)
class MovieCard:
    """What a list shows of a movie. Addresses are root-relative or absolute; None where there is none.
    `playable`: its asset can be watched, perhaps while the rest of it is encoded."""

    title: str
    poster_url: str | None
    asset_id: str | None
    playable: bool


class MovieCards(Protocol):
    """What is known of the movies that somebody watched."""

    def cards(self, movie_ids: Sequence[str]) -> Mapping[str, MovieCard]:
        """By id; a movie that is gone is missing. An asset's own id stands for its movie."""
        ...


def order_of(movie_id: str, sequence: int) -> str:
    """Sorts like (sequence, movie): thirteen digits hold every millisecond until the year 2286."""
    return f"{sequence:013d}/{movie_id}"
