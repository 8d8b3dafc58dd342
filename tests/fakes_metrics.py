"""Counters in memory."""

from __future__ import annotations

from collections.abc import Mapping

from marquee.domain.errors import TransientError
from marquee.domain.metrics import NO_LABELS, bucket_of, series


class MemoryMetrics:
    """`Metrics` and `Counters`; `away` makes it a place that nobody can reach."""

    def __init__(self) -> None:
        self.kept: dict[str, float] = {}
        self.pending: list[tuple[str, float]] = []
        self.away = False

    def count(self, name: str, labels: Mapping[str, str] = NO_LABELS, n: int = 1) -> None:
        self.pending.append((series(f"{name}_total", labels), n))

    def observe(self, name: str, seconds: float, labels: Mapping[str, str] = NO_LABELS) -> None:
        self.pending.append((series(f"{name}_seconds_bucket", {**labels, "le": bucket_of(seconds)}), 1))
        self.pending.append((series(f"{name}_seconds_sum", labels), seconds))

    def flush(self) -> None:
        for name, n in [] if self.away else self.pending:
            self.kept[name] = self.kept.get(name, 0) + n
        self.pending.clear()

    def read(self) -> Mapping[str, float]:
        if self.away:
            raise TransientError("The counters cannot be reached.")
        return dict(self.kept)
