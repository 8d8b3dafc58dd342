"""Items of a map reach their first task in the items' order, as AWS starts them, whatever the engine's threads do.

The engine runs every item on a thread of its own and the threads race; what the plan puts first, the head of a
film, would then now and then wait for a slot behind the body.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# An item that waits before its first task must not hold up the others for ever.
_PATIENCE_SECONDS = 2.0

_here = threading.local()


class StartingOrder:
    """The turns of one map's items."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._arrived: set[int] = set()
        self._next = 0

    @contextmanager
    def turn(self, index: int) -> Iterator[None]:
        """Waits until all earlier items have arrived; an item that ends without a task has arrived, too."""
        outer = getattr(_here, "item", None)
        with self._changed:
            self._changed.wait_for(lambda: self._next >= index, timeout=_PATIENCE_SECONDS)
        _here.item = (self, index)
        try:
            yield
        finally:
            arrive()
            _here.item = outer

    def _arrive(self, index: int) -> None:
        with self._changed:
            self._arrived.add(index)
            while self._next in self._arrived:
                self._arrived.remove(self._next)
                self._next += 1
            self._changed.notify_all()


def arrive() -> None:
    """Says that this thread's item, if it runs one, has reached a task."""
    item = getattr(_here, "item", None)
    if item is not None:
        order, index = item
        order._arrive(index)
        _here.item = None
