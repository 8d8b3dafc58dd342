"""Bring what players reported from Valkey to the database.

Runs every minute, may be killed anywhere and may overlap with itself: an entry leaves the dirty ones only when
it is known to be in the database, states are joined and not overwritten, and every write is a compare-and-set.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import TransientError
from marquee.domain.measures import PROGRESS_FLUSH_LAG, PROGRESS_WRITTEN, measure
from marquee.domain.media import Model
from marquee.domain.metrics import Metrics
from marquee.domain.watch_stores import Claimed, Kept, LiveWatch, WatchKey, WatchStore, Written
from marquee.domain.watching import NEVER_WATCHED, Watched, join

logger = logging.getLogger("marquee.progress")

BATCH = 200
# A batch takes well under a second. A flush that was killed holds its batch from the next one for no longer.
LEASE_SECONDS = 30.0
BUDGET_SECONDS = 40.0
ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0
OUTDATED_AT_ONCE = 200


class FlushReport(Model):
    """`written`: states that changed in the database; `unchanged`: it had them; `again`: reported anew during
    the flush; `retried`: tries that met another writer or a database that was away; `left`: states that met
    other writers too often; `outdated`: entries dropped because the database is ahead; `swept`: states of
    forgotten viewers; `finished` is false when the time ran out."""

    claimed: int = 0
    written: int = 0
    unchanged: int = 0
    again: int = 0
    retried: int = 0
    left: int = 0
    outdated: int = 0
    swept: int = 0
    batches: int = 0
    seconds: float = 0.0
    finished: bool = True


class Tally(dict[str, int]):
    """Counts while they grow."""

    def add(self, what: str, n: int = 1) -> None:
        self[what] = self.get(what, 0) + n


@dataclass(frozen=True)
class FlushProgress:
    """One flush over all shards."""

    live: LiveWatch
    store: WatchStore
    metrics: Metrics
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    lease_seconds: float = LEASE_SECONDS
    now: Clock = utc_now

    def __call__(self) -> FlushReport:
        """Raises `TransientError` when a store stays away; what was claimed is claimed again by the next."""
        begun, tally = self.monotonic(), Tally()
        finished = False
        try:
            finished = self._flush(begun + BUDGET_SECONDS, tally)
        finally:
            lag_ms = tally.pop("lag_ms", 0)
            self._count(tally)
            if tally.get("claimed"):
                measure({PROGRESS_FLUSH_LAG: lag_ms / 1000, PROGRESS_WRITTEN: tally.get("written", 0)})
        return FlushReport(**tally, seconds=round(self.monotonic() - begun, 3), finished=finished)

    def _flush(self, until: float, tally: Tally) -> bool:
        token = uuid.uuid4().hex
        shards = list(self.live.shards)
        random.shuffle(shards)  # so that a flush that runs out of time does not always miss the same
        for shard in shards:
            claimed: Sequence[Claimed] = self._claim(shard, token)
            while claimed:
                self._bring(shard, token, claimed, tally)
                if self.monotonic() >= until:
                    return False
                claimed = self._claim(shard, token) if len(claimed) == BATCH else ()
        self._drop_outdated(tally)
        self._sweep(tally)
        return True

    def _claim(self, shard: int, token: str) -> Sequence[Claimed]:
        return self.live.claim(shard, BATCH, token, self.lease_seconds)

    def _bring(self, shard: int, token: str, claimed: Sequence[Claimed], tally: Tally) -> None:
        tally.add("batches")
        tally.add("claimed", len(claimed))
        # A state's sequence is, by the server's clock, when the last report of it came.
        oldest = min((entry.state.sequence for entry in claimed if entry.state is not None), default=None)
        if oldest is not None:
            tally["lag_ms"] = max(tally.get("lag_ms", 0), int(self.now().timestamp() * 1000) - oldest)
        news = {entry.key: entry.state for entry in claimed if entry.state is not None}
        written: dict[WatchKey, Written | None] = {entry.key: None for entry in claimed if entry.state is None}
        for key, state in self._write(news, tally).items():
            written[key] = Written(news[key].sequence, state)
        tally.add("left", len(claimed) - len(written))
        tally.add("again", self.live.confirm(shard, token, written))

    def _write(self, news: Mapping[WatchKey, Watched], tally: Tally) -> dict[WatchKey, Watched]:
        """What is in the database afterwards, by key; missing are those that others wrote all the time."""
        done: dict[WatchKey, Watched] = {}
        for attempt in range(1, ATTEMPTS + 1):
            waiting = {key: state for key, state in news.items() if key not in done}
            try:
                done |= self._write_once(waiting, tally)
            except TransientError:
                if attempt == ATTEMPTS:
                    raise
            if len(done) == len(news):
                break
            tally.add("retried")
            self.sleep(_pause(attempt))
        return done

    def _write_once(self, news: Mapping[WatchKey, Watched], tally: Tally) -> dict[WatchKey, Watched]:
        known = self.store.read(list(news))
        joined = {key: join(known[key].state if key in known else NEVER_WATCHED, news[key]) for key in news}
        changes = [
            Kept(key, state, known[key].version if key in known else 0)
            for key, state in joined.items()
            if key not in known or known[key].state != state
        ]
        conflicts = self.store.write(changes)
        tally.add("written", len(changes) - len(conflicts))
        tally.add("unchanged", len(joined) - len(changes))
        return {key: state for key, state in joined.items() if key not in conflicts}

    def _drop_outdated(self, tally: Tally) -> None:
        """What was written past Valkey while it was away is older there, and would be shown."""
        for kept in self.store.written_directly(OUTDATED_AT_ONCE):
            self.live.drop_outdated(kept.key, kept.state.sequence)
            self.store.settle(kept)
            tally.add("outdated")

    def _sweep(self, tally: Tally) -> None:
        """A flush that was under way when a viewer was forgotten may have written afterwards."""
        for viewer in self.live.forgotten():
            tally.add("swept", self.store.delete(viewer))
            self.live.swept(viewer)

    def _count(self, tally: Tally) -> None:
        for what, n in tally.items():
            if n:
                self.metrics.count("progress_flush", {"what": what}, n)
        self.metrics.count("progress_flushes")
        self.metrics.flush()


def _pause(attempt: int) -> float:
    """Full jitter under a doubling cap."""
    return random.uniform(0, min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt))  # noqa: S311
