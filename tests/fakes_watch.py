"""Watch progress in memory, as strict as Valkey and the database: the contract tests run on both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from marquee.domain.errors import TransientError, Unauthenticated
from marquee.domain.watch_stores import Claimed, Kept, MovieCard, Recorded, WatchKey, Written, order_of
from marquee.domain.watching import NOTHING_KNOWN, ContinueRule, Report, Watched, accept


@dataclass
class ServerTime:
    """The server's clock in a test; every look at it takes a millisecond."""

    now_ms: int = 1_790_000_000_000

    def __call__(self) -> int:
        self.now_ms += 1
        return self.now_ms

    def pass_seconds(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)


@dataclass
class MemoryLiveWatch:
    """`LiveWatch`; `away` makes it a Valkey that nobody can reach."""

    time: ServerTime = field(default_factory=ServerTime)
    entries: dict[WatchKey, Watched] = field(default_factory=dict)
    dirty: dict[WatchKey, int] = field(default_factory=dict)
    flight: dict[WatchKey, tuple[int, str]] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    away: bool = False

    @property
    def shards(self) -> Sequence[int]:
        return (0,)

    def record(self, key: WatchKey, report: Report) -> Recorded:
        self._reach()
        if key.viewer in self.gone:
            raise Unauthenticated("This account was deleted.", code="account_deleted")
        state = self.entries.get(key, NOTHING_KNOWN)
        after = accept(state, report, self.time())
        if after is None:
            return Recorded(state, news=False)
        self.entries[key] = after
        self.dirty.setdefault(key, self.time())
        return Recorded(after, news=True)

    def get(self, key: WatchKey) -> Watched | None:
        self._reach()
        return self.entries.get(key)

    def of_viewer(self, viewer: str) -> Mapping[str, Watched]:
        self._reach()
        return {key.movie_id: state for key, state in self.entries.items() if key.viewer == viewer}

    def claim(self, shard: int, limit: int, token: str, lease_seconds: float) -> Sequence[Claimed]:
        self._reach()
        now = self.time()
        expired = [key for key, (until, _) in sorted(self.flight.items(), key=lambda item: item[1]) if until <= now]
        waiting = [key for key in sorted(self.dirty, key=lambda key: self.dirty[key]) if key not in self.flight]
        taken = [*expired, *waiting][:limit]
        for key in taken:
            self.dirty.pop(key, None)
            self.flight[key] = (now + round(lease_seconds * 1000), token)
        return [Claimed(key, self.entries.get(key)) for key in taken]

    def confirm(self, shard: int, token: str, written: Mapping[WatchKey, Written | None]) -> int:
        self._reach()
        return sum(self._confirm(key, token, *(outcome or (0, NOTHING_KNOWN))) for key, outcome in written.items())

    def _confirm(self, key: WatchKey, token: str, claimed: int, state: Watched) -> int:
        if self.flight.get(key, (0, ""))[1] != token:
            return 0
        del self.flight[key]
        entry = self.entries.get(key)
        if entry is not None and entry.sequence != claimed:
            self.dirty.setdefault(key, self.time())
            return 1
        if entry is not None:
            self.entries[key] = state
        self.dirty.pop(key, None)
        return 0

    def drop_outdated(self, key: WatchKey, sequence: int) -> None:
        self._reach()
        entry = self.entries.get(key)
        busy = key in self.dirty or key in self.flight
        if entry is not None and not busy and entry.sequence < sequence:
            del self.entries[key]

    def forget(self, viewer: str) -> None:
        self._reach()
        self.gone[viewer] = self.time()
        for key in [key for key in {*self.entries, *self.dirty, *self.flight} if key.viewer == viewer]:
            self.entries.pop(key, None)
            self.dirty.pop(key, None)
            self.flight.pop(key, None)

    def forgotten(self) -> Sequence[str]:
        self._reach()
        return [viewer for viewer, at in self.gone.items() if at and at + 120_000 <= self.time.now_ms]

    def swept(self, viewer: str) -> None:
        self._reach()
        self.gone[viewer] = 0

    def _reach(self) -> None:
        if self.away:
            raise TransientError("The cache cannot be reached.")


@dataclass
class MemoryWatch:
    """`WatchStore`; `away` makes it a database that nobody can reach. `writes` counts changed documents."""

    kept: dict[WatchKey, Kept] = field(default_factory=dict)
    direct: set[WatchKey] = field(default_factory=set)
    writes: int = 0
    away: bool = False

    def get(self, key: WatchKey) -> Kept | None:
        return self.read([key]).get(key)

    def read(self, keys: Sequence[WatchKey]) -> Mapping[WatchKey, Kept]:
        self._reach()
        return {key: self.kept[key] for key in keys if key in self.kept}

    def write(self, changes: Sequence[Kept], *, direct: bool = False) -> frozenset[WatchKey]:
        self._reach()
        conflicts = set()
        for key, state, version in changes:
            if (self.kept[key].version if key in self.kept else version) != version:
                conflicts.add(key)
                continue
            self.kept[key] = Kept(key, state, version + 1)
            (self.direct.add if direct else self.direct.discard)(key)
            self.writes += 1
        return frozenset(conflicts)

    def page(
        self, viewer: str, rule: ContinueRule, limit: int, before: str | None, without: Sequence[str]
    ) -> Sequence[Kept]:
        self._reach()
        found = {}
        for kept in self.kept.values():
            current = kept.state.current
            if kept.key.viewer != viewer or kept.key.movie_id in without or current is None:
                continue
            place = order_of(kept.key.movie_id, current.sequence)
            if rule.takes(current) and (before is None or place < before):
                found[place] = kept
        return [found[place] for place in sorted(found, reverse=True)][:limit]

    def of_viewer(self, viewer: str) -> Iterator[Kept]:
        self._reach()
        return iter([kept for kept in self.kept.values() if kept.key.viewer == viewer])

    def delete(self, viewer: str) -> int:
        self._reach()
        keys = [key for key in self.kept if key.viewer == viewer]
        for key in keys:
            del self.kept[key]
            self.direct.discard(key)
        return len(keys)

    def written_directly(self, limit: int) -> Sequence[Kept]:
        self._reach()
        return [self.kept[key] for key in sorted(self.direct)][:limit]

    def settle(self, kept: Kept) -> None:
        self._reach()
        if self.kept.get(kept.key) == kept:
            self.direct.discard(kept.key)

    def _reach(self) -> None:
        if self.away:
            raise TransientError("The database cannot be reached.")


@dataclass
class MemoryMovieCards:
    """`MovieCards`."""

    known: dict[str, MovieCard] = field(default_factory=dict)
    away: bool = False

    def cards(self, movie_ids: Sequence[str]) -> Mapping[str, MovieCard]:
        if self.away:
            raise TransientError("The database cannot be reached.")
        return {movie_id: self.known[movie_id] for movie_id in movie_ids if movie_id in self.known}
