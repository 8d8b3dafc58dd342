"""What is counted while serving, for `GET /metrics`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

NO_LABELS: Mapping[str, str] = {}
# Upper bounds of a histogram's buckets, in seconds: what viewers notice, and where calls are given up.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics(Protocol):
    """Counters and latencies of all processes together.

    No method waits or raises: what cannot be counted is lost. `name` is in Prometheus' notation, without
    prefix and suffix (`cache_lookups`, not `marquee_cache_lookups_total`). Labels take few values, all known in
    advance: a route's template, never its path; never an id, never what a caller sent.
    """

    def count(self, name: str, labels: Mapping[str, str] = NO_LABELS, n: int = 1) -> None:
        """Counter `name` with these labels goes up by `n`."""
        ...

    def observe(self, name: str, seconds: float, labels: Mapping[str, str] = NO_LABELS) -> None:
        """One more duration in the histogram `name`."""
        ...

    def flush(self) -> None:
        """Send what was counted; the entry of an HTTP function does so after each request, others call it
        when their work is done."""
        ...


class Counters(Protocol):
    """The reading side."""

    def read(self) -> Mapping[str, float]:
        """Value by series, in Prometheus' notation without prefix: `http_requests_total{status="200"}`.
        A bucket of a histogram holds only what lies between its bound and the next lower one.
        Raises `TransientError` when the counters are away."""
        ...


def series(name: str, labels: Mapping[str, str]) -> str:
    """One series in Prometheus' notation, labels in order: `cache_lookups_total{outcome="hit"}`."""
    if not labels:
        return name
    inner = ",".join(f'{label}="{_escaped(value)}"' for label, value in sorted(labels.items()))
    return f"{name}{{{inner}}}"


def bucket_of(seconds: float) -> str:
    """Label `le` of the narrowest bucket that holds a duration: one increment a duration instead of one a
    bucket; who reads them adds them up."""
    return next((str(bound) for bound in BUCKETS if seconds <= bound), "+Inf")


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


class _Uncounted:
    """`Metrics` of a process that has nowhere to count."""

    def count(self, name: str, labels: Mapping[str, str] = NO_LABELS, n: int = 1) -> None:
        return None

    def observe(self, name: str, seconds: float, labels: Mapping[str, str] = NO_LABELS) -> None:
        return None

    def flush(self) -> None:
        return None


UNCOUNTED: Metrics = _Uncounted()
