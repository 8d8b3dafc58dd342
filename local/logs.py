"""The cloud's own log file, beside those of its children."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """What this cloud and moto say goes to `path`, too.

    moto describes every failed state in kilobytes of its own objects: that is for the file only.
    """
    handler = logging.FileHandler(path, delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    loggers = [logging.getLogger(name) for name in ("local", "moto", "aiohttp")]
    moto = logging.getLogger("moto")
    propagated = moto.propagate
    moto.propagate = False
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
        moto.propagate = propagated
        handler.close()
