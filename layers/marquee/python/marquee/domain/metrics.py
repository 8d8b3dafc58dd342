"""What is counted while serving, for `GET /metrics`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

NO_LABELS: Mapping[str, str] = {}


class Metrics(Protocol):
    """Counters and latencies of all processes together.

    Neither method waits or raises: what cannot be counted is lost. `name` is in Prometheus' notation, without
    prefix and suffix (`cache_lookups`, not `marquee_cache_lookups_total`). Labels take few values, all known in
    advance: a route's template, never its path; never an id, never what a caller sent.
    """

    def count(self, name: str, labels: Mapping[str, str] = NO_LABELS, n: int = 1) -> None:
        """Counter `name` with these labels goes up by `n`."""
        ...

    def observe(self, name: str, seconds: float, labels: Mapping[str, str] = NO_LABELS) -> None:
        """One more duration in the histogram `name`."""
        ...


class _Uncounted:
    """`Metrics` of a process that has nowhere to count."""

    def count(self, name: str, labels: Mapping[str, str] = NO_LABELS, n: int = 1) -> None:
        return None

    def observe(self, name: str, seconds: float, labels: Mapping[str, str] = NO_LABELS) -> None:
        return None


UNCOUNTED: Metrics = _Uncounted()
