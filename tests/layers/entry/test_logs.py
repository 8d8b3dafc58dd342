"""Structured logs."""

import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO
from types import SimpleNamespace

import pytest
from marquee.entry.logs import begin_invocation, configured_logger


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


def test_services_write_in_the_same_format_with_the_same_keys(written: StringIO) -> None:
    begin_invocation(SimpleNamespace(aws_request_id="r1"), job_id="job_1")
    logging.getLogger("marquee.ingest").warning("odd", extra={"key": "k"})

    (line,) = lines(written)
    assert {"message": "odd", "job_id": "job_1", "request_id": "r1", "key": "k", "level": "WARNING"}.items() <= (
        line.items()
    )


def test_a_warm_process_forgets_the_last_invocations_keys(written: StringIO) -> None:
    begin_invocation(SimpleNamespace(aws_request_id="r1"), job_id="job_1")
    begin_invocation(SimpleNamespace(aws_request_id="r2")).info("next")

    (line,) = lines(written)
    assert line["request_id"] == "r2"
    assert "job_id" not in line
