"""A token bucket: so many calls a second and not one more.

A token comes back exactly one period after the moment it was taken for. So no span of a period, wherever it
begins, sees more calls than there are tokens; a bucket that refills steadily would allow twice as many.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

# The key of a bucket outlives its tokens by this: a clock that jumped back locks nobody out for longer.
FORGET_SECONDS = 60


class TokenBucket(Protocol):
    def take(self, *, wait_at_most: float) -> float | None:
        """Take a token, now or soon: seconds to wait before the call; None when that were too long.
        Never raises."""
        ...


class Tokens:
    """The rule itself, by a given clock. `times` are the moments that the last `size` tokens are for, in order."""

    def __init__(self, size: int, period_seconds: float = 1.0) -> None:
        self.size = size
        self.period_seconds = period_seconds
        self.times: deque[float] = deque(maxlen=size)

    def take(self, now: float, wait_at_most: float) -> float | None:
        full = len(self.times) == self.size
        moment = max(now, self.times[0] + self.period_seconds) if full else now
        if moment - now > wait_at_most:
            return None
        self.times.append(moment)
        return moment - now
