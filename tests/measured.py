"""What is measured while something runs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from marquee.domain.measures import Measured, logger


class Told(list[Measured]):
    """All that was told, in order."""

    def of(self, name: str) -> list[float]:
        """The values of one metric, by its name in CloudWatch."""
        return [value for one in self for each, value in one.values.items() if each.name == name]

    def by(self, name: str) -> list[dict[str, str]]:
        """The dimensions that it was told by."""
        return [dict(one.dimensions) for one in self for each in one.values if each.name == name]


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.told = Told()

    def emit(self, record: logging.LogRecord) -> None:
        found = vars(record)["measured"]
        assert isinstance(found, Measured)
        self.told.append(found)


@contextmanager
def listening() -> Iterator[Told]:
    listener = _Listener()
    logger.addHandler(listener)
    try:
        yield listener.told
    finally:
        logger.removeHandler(listener)
