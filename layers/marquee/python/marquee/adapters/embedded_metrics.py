"""Numbers in log lines that CloudWatch turns into metrics (embedded metric format): no call, no wait."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

logger = logging.getLogger("marquee.metrics")

# A line per process and minute at most; what a process has not told when it ends, the counters in Valkey have.
EVERY_SECONDS = 60.0


def embedded(namespace: str, dimensions: Mapping[str, str], counts: Mapping[str, int]) -> dict[str, Any]:
    """The fields of a log record that say `counts` of things under `dimensions`."""
    metrics = [{"Name": name, "Unit": "Count"} for name in counts]
    directive = {"Namespace": namespace, "Dimensions": [list(dimensions)], "Metrics": metrics}
    described = {"Timestamp": time.time_ns() // 1_000_000, "CloudWatchMetrics": [directive]}
    return {"_aws": described, **dimensions, **counts}


class LoggedCounts:
    """Adds up outcomes by one dimension, and logs the sums once in a while."""

    def __init__(self, namespace: str, dimension: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._namespace = namespace
        self._dimension = dimension
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._sums: dict[str, Counter[str]] = {}
        self._logged_at = monotonic()

    def count(self, value: str, outcome: str) -> None:
        with self._lock:
            self._sums.setdefault(value, Counter())[outcome] += 1
            now = self._monotonic()
            if now - self._logged_at < EVERY_SECONDS:
                return
            sums, self._sums, self._logged_at = self._sums, {}, now
        for name, counts in sums.items():
            logger.info("counted", extra=embedded(self._namespace, {self._dimension: name}, counts))
