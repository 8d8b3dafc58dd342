"""The cache that answers are served from (`domain.cache.Cache`): fresh, old while one asks anew, old when that fails.

Two leases keep a crowd from asking at once: one in this process, for threads, and one in Valkey, for all others.
While Valkey is away each process goes on alone, with what it remembers.
"""

from __future__ import annotations

import contextlib
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import valkey

from marquee.adapters.cache_counts import CacheCounts
from marquee.adapters.cache_entries import Age, Entry, EntryStore, MemoryEntries
from marquee.adapters.cache_valkey import ValkeyEntries
from marquee.adapters.valkey_attempts import Attempts, ValkeyAway
from marquee.domain.cache import CacheKey, Found, Json
from marquee.domain.deadline import Deadline
from marquee.domain.errors import TransientError
from marquee.domain.metrics import UNCOUNTED, Metrics

logger = logging.getLogger("marquee.cache")

# Longer than any loader may take: a lease that ends before its holder would let a second one ask.
LEASE_SECONDS = 4.0
WAIT_SECONDS = 2.0
JITTER = 0.1  # of an entry's time: what was made together must not end together


@dataclass(frozen=True)
class _View:
    """An entry as one look found it."""

    store: EntryStore
    entry: Entry | None
    versions: dict[str, str]
    age: Age

    def old(self) -> Json:
        """The value, where an old one may be given out when asking anew failed; None where not."""
        return self.entry.value if self.entry is not None and self.age != "gone" else None


class ServingCache:
    """Over `shared`, what all instances see, and `near`, what this process has seen."""

    def __init__(
        self,
        shared: EntryStore,
        *,
        near: MemoryEntries | None = None,
        metrics: Metrics = UNCOUNTED,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._shared = shared
        self._near = near or MemoryEntries()
        self._metrics = metrics
        self._clock = clock
        self._jitter = jitter
        self._turns = _Turns()
        self._told = CacheCounts()

    def read(self, key: CacheKey, load: Callable[[], Json], *, tags: Sequence[str] = ()) -> Found:
        view = self._look(key, tags)
        if view.entry is not None and view.age == "fresh":
            return self._found(key, view.entry.value, "hit")
        with self._turns.of(str(key), wait=view.age != "revalidate") as turn:
            if turn.answer is not None:
                self._count(key, "coalesced")
                return turn.answer
            if not turn.mine:
                return self._without_asking(key, view)
            turn.answer = self._ask_anew(key, load, tags, view)
            return turn.answer

    def invalidate(self, *tags: str) -> None:
        with contextlib.suppress(ValkeyAway):
            self._near.touch(tags)
            self._shared.touch(tags)

    def _look(self, key: CacheKey, tags: Sequence[str]) -> _View:
        store = self._shared
        try:
            entry, versions = store.get(str(key), tags)
        except ValkeyAway:
            store = self._near
            entry, versions = store.get(str(key), tags)
        age: Age = "gone" if entry is None else entry.age(key.policy, self._clock(), versions)
        if store is self._shared:
            self._near.note(versions)
            if entry is not None and age != "gone":
                self._near.put(str(key), entry, seconds=key.policy.longest)
        return _View(store, entry, versions, age)

    def _ask_anew(self, key: CacheKey, load: Callable[[], Json], tags: Sequence[str], view: _View) -> Found:
        """This process's turn. Another process may be asking: then its answer is waited for, or the old one given."""
        deadline = Deadline(WAIT_SECONDS)
        while True:
            lease = self._lease(key, view)
            if lease is not None:
                return self._ask_with(lease, key, load, tags)
            if view.age == "revalidate":
                return self._without_asking(key, view)
            ending = self._wait(key, view, deadline.remaining())
            view = self._look(key, tags)
            if view.entry is not None and view.age == "fresh":
                return self._found(key, view.entry.value, "coalesced")
            if ending != "kept" or not deadline.remaining():
                return self._without_asking(key, view)

    def _ask_with(self, lease: str, key: CacheKey, load: Callable[[], Json], tags: Sequence[str]) -> Found:
        view = self._look(key, tags)  # once more: who had the lease before may have answered meanwhile
        kept = view.entry is not None and view.age == "fresh"
        try:
            if view.entry is not None and kept:
                return self._found(key, view.entry.value, "coalesced")
            value = load()
            self._keep(key, view, value)
            kept = True
            self._count(key, "miss" if value is not None else "negative")
            return Found(value, "loaded")
        except TransientError as error:
            logger.info("%s could not be asked anew: %s", key.area, error)
            return self._without_asking(key, view, error)
        finally:
            with contextlib.suppress(ValkeyAway):
                view.store.release(str(key), lease, kept=kept)

    def _keep(self, key: CacheKey, view: _View, value: Json) -> None:
        policy = key.policy
        fresh = policy.fresh if value is not None else policy.negative
        entry = Entry(value, self._clock(), fresh * self._jitter(1 - JITTER, 1 + JITTER), view.versions)
        seconds = policy.longest if value is not None else max(1, int(entry.fresh_seconds))
        for store in (self._near, view.store):
            with contextlib.suppress(ValkeyAway):
                store.put(str(key), entry, seconds=seconds)

    def _without_asking(self, key: CacheKey, view: _View, error: TransientError | None = None) -> Found:
        """What there is without a new answer: something old, or `error`."""
        old = view.old()
        if old is None:
            self._count(key, "error")
            raise error or TransientError("The answer is being fetched, and takes long.")
        if view.age == "revalidate" and error is None:
            self._count(key, "stale")
            return Found(old, "stale")
        self._count(key, "stale_on_error")
        return Found(old, "stale", degraded=True)

    def _lease(self, key: CacheKey, view: _View) -> str | None:
        try:
            return view.store.lease(str(key), seconds=LEASE_SECONDS)
        except ValkeyAway:
            return "alone"  # nobody can be asked: go on, the turn in this process is ours

    def _wait(self, key: CacheKey, view: _View, seconds: float) -> str:
        try:
            return view.store.wait(str(key), seconds=seconds)
        except ValkeyAway:
            return "failed"

    def _found(self, key: CacheKey, value: Json, outcome: str) -> Found:
        self._count(key, outcome)
        return Found(value, "cache")

    def _count(self, key: CacheKey, outcome: str) -> None:
        self._metrics.count("cache_lookups", {"area": key.area, "outcome": outcome})
        self._told.count(outcome)


class _Turn:
    """`mine`: this thread asks. `answer`: what the one who asked got."""

    def __init__(self) -> None:
        self.mine = False
        self.answer: Found | None = None


@dataclass
class _Flight:
    done: threading.Event
    turn: _Turn


class _Turns:
    """In this process, one thread at a time asks for a key; those who come meanwhile share its answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[str, _Flight] = {}

    @contextmanager
    def of(self, key: str, *, wait: bool) -> Iterator[_Turn]:
        with self._lock:
            flight = self._flights.get(key)
            first = flight is None
            if flight is None:
                flight = self._flights[key] = _Flight(threading.Event(), _Turn())
        if not first:
            if wait:
                flight.done.wait(WAIT_SECONDS)
            other = _Turn()
            other.answer = flight.turn.answer if flight.done.is_set() else None
            yield other
            return
        mine = flight.turn
        mine.mine = True
        try:
            yield mine
        finally:
            with self._lock:
                del self._flights[key]
            flight.done.set()


def serving_cache(
    client: valkey.Valkey, *, attempts: Attempts | None = None, metrics: Metrics = UNCOUNTED
) -> ServingCache:
    """The cache of a process that has a connection to Valkey."""
    return ServingCache(ValkeyEntries(client, attempts or Attempts()), metrics=metrics)
