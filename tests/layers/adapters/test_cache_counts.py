"""The cache's hits and misses, as they are told."""

from __future__ import annotations

from marquee.adapters.cache_counts import EVERY_SECONDS, CacheCounts

from tests.measured import listening


def test_sums_are_told_once_a_minute_and_begin_anew() -> None:
    now = [0.0]
    with listening() as told:
        counts = CacheCounts(monotonic=lambda: now[0])
        for outcome in ("hit", "coalesced", "stale", "error"):
            counts.count(outcome)
        assert told == []

        for _ in range(2):
            now[0] += EVERY_SECONDS
            counts.count("miss")

    assert (told.of("CacheHits"), told.of("CacheMisses")) == ([3, 0], [2, 1])
