"""How orders end, counted by the worker that does them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from marquee.domain.errors import InterruptedWork, PermanentError
from marquee.domain.measures import ORDERS_DONE, ORDERS_FAILED, ORDERS_INTERRUPTED, ORDERS_REFUSED, measure
from marquee.entry.logs import configured_logger


@contextmanager
def counted_order() -> Iterator[None]:
    """Around the work on one order; errors pass on."""
    ended = ORDERS_FAILED
    try:
        yield
        ended = ORDERS_DONE
    except PermanentError:
        ended = ORDERS_REFUSED
        raise
    except InterruptedWork:
        ended = ORDERS_INTERRUPTED
        raise
    finally:
        measure({ended: 1}, worker=configured_logger().service)
