"""How often the cache spared a question, told once in a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from marquee.domain.measures import CACHE_HITS, CACHE_MISSES, measure

# A line per process and minute at most; what a process has not told when it ends, the counters in Valkey have.
EVERY_SECONDS = 60.0
# Outcomes for which nobody was asked and waited for.
SPARED = frozenset({"hit", "coalesced", "stale"})


class CacheCounts:
    """Adds up lookups of this process."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._hits = self._misses = 0
        self._told_at = monotonic()

    def count(self, outcome: str) -> None:
        with self._lock:
            if outcome in SPARED:
                self._hits += 1
            else:
                self._misses += 1
            now = self._monotonic()
            if now - self._told_at < EVERY_SECONDS:
                return
            hits, misses = self._hits, self._misses
            self._hits, self._misses, self._told_at = 0, 0, now
        measure({CACHE_HITS: hits, CACHE_MISSES: misses})
