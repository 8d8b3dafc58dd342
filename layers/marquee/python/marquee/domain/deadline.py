"""When an answer is of no more use: one moment that all steps of a call share."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar

Monotonic = Callable[[], float]


class Deadline:
    """`seconds` from now, by a clock that only goes forward."""

    def __init__(self, seconds: float, *, monotonic: Monotonic = time.monotonic) -> None:
        self._monotonic = monotonic
        self._ends = monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._ends - self._monotonic())

    def within(self, seconds: float) -> Deadline:
        """One of at most `seconds` from now, that ends no later than this one."""
        return Deadline(min(seconds, self.remaining()), monotonic=self._monotonic)


class Allowance:
    """`seconds` that one call may wait in all for something that may be away."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    def spend(self, seconds: float) -> None:
        self.left = max(0.0, self.left - max(0.0, seconds))


database_allowance: ContextVar[Allowance | None] = ContextVar("database_allowance", default=None)
"""Of the request that is being answered: operations that each are just quick enough make a slow answer together."""
