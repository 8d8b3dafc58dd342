"""What an operator sees of the service at one moment, besides its jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from marquee.domain.breaker import BreakerPhase
from marquee.domain.media import Model

# A function's every answer, and those that were a failure of ours: counted by its entry, read by `functions_in`.
FUNCTION_DURATION = "function_duration"
FUNCTION_FAILURES = "function_failures"


class QueueDepth(Model):
    """Messages of one queue. All of them are approximate, as SQS is."""

    name: str
    waiting: int
    in_flight: int
    delayed: int


class FunctionRuns(Model):
    """What one function answered since counting began; `seconds`: of all its runs together."""

    name: str
    runs: int
    failures: int
    seconds: float


class Queues(Protocol):
    """The queues of the service."""

    def depths(self) -> Sequence[QueueDepth]:
        """Of all queues, in their order. Raises `TransientError` when they cannot be asked."""
        ...


class Breakers(Protocol):
    """The circuit breakers that all instances share."""

    def phases(self) -> Mapping[str, BreakerPhase]:
        """Phase by name, of those that were used within a day. Raises `TransientError`."""
        ...


def functions_in(counted: Mapping[str, float]) -> tuple[FunctionRuns, ...]:
    """Those that the counters tell of (series as `domain.metrics.Counters` gives them), the busiest first."""
    runs = _by_function(counted, f"{FUNCTION_DURATION}_seconds_bucket")
    seconds = _by_function(counted, f"{FUNCTION_DURATION}_seconds_sum")
    failures = _by_function(counted, f"{FUNCTION_FAILURES}_total")
    found = (
        FunctionRuns(
            name=name, runs=int(count), failures=int(failures.get(name, 0)), seconds=round(seconds.get(name, 0.0), 3)
        )
        for name, count in runs.items()
    )
    return tuple(sorted(found, key=lambda function: (-function.runs, function.name)))


def _by_function(counted: Mapping[str, float], name: str) -> dict[str, float]:
    """Sum by the label `function` of all series called `name`."""
    sums: dict[str, float] = {}
    for series, value in counted.items():
        bare, _, labels = series.partition("{")
        if bare == name and (function := _label(labels.rstrip("}").split(","), "function")):
            sums[function] = sums.get(function, 0.0) + value
    return sums


def _label(pairs: Iterable[str], name: str) -> str | None:
    return next((pair.partition("=")[2].strip('"') for pair in pairs if pair.startswith(f"{name}=")), None)
