"""What a process logs, in place of its standard output."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO

import pytest
from marquee.entry.logs import configured_logger


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What the process writes: its standard output, as a file."""
    handler = configured_logger().registered_handler
    assert isinstance(handler, logging.StreamHandler)
    written = StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before or sys.stdout)


def lines(written: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]
