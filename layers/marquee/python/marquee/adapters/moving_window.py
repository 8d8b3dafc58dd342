"""Requests of the last window, remembered in this process: what limits while the shared counters are away."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from marquee.domain.limits import Admission, Quota

# Memory is bounded: so many callers, and for each so many slices of a window instead of its requests. A slice
# counts as a whole until all of it has left the window, so a limit is never passed and at most 1 % stricter.
MAX_CALLERS = 2_000
SLICES = 100


class ProcessLimiter:
    """`domain.limits.Limiter` of one process: others count for themselves. `monotonic` in seconds.

    Blocks are kept where all processes see them: alone, none is known.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._windows: OrderedDict[str, dict[int, int]] = OrderedDict()

    def admit(self, key: str, quota: Quota, address: str) -> Admission:
        now_ms = int(self._monotonic() * 1000)
        slice_ms = quota.window_seconds * 1000 // SLICES
        current = now_ms // slice_ms
        window = self._window_of(key)
        for index in [index for index in window if index < current - SLICES]:
            del window[index]
        used = sum(window.values())
        if used < quota.limit:
            window[current] = window.get(current, 0) + 1
            used += 1
            admitted = True
        else:
            admitted = False
        free_at_ms = (min(window) + SLICES + 1) * slice_ms
        return Admission(admitted, quota.limit - used, max(1, free_at_ms - now_ms))

    def _window_of(self, key: str) -> dict[int, int]:
        """The caller's window; the caller who has been quiet for longest makes room for a new one."""
        window = self._windows.setdefault(key, {})
        self._windows.move_to_end(key)
        if len(self._windows) > MAX_CALLERS:
            self._windows.popitem(last=False)
        return window
