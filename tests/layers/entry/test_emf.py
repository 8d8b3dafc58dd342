"""Metrics in logs."""

import json
import logging
import sys
from io import StringIO

from marquee.entry.emf import emitted
from marquee.entry.logs import configured_logger
from pydantic import BaseModel


class Run(BaseModel):
    """What was done."""

    written: int = 3
    seconds: float = 0.5
    finished: bool = True
    name: str = "x"


def test_numbers_of_a_run_are_metrics_in_a_log_line() -> None:
    handler = configured_logger().registered_handler
    assert isinstance(handler, logging.StreamHandler)
    stream = StringIO()
    before = handler.setStream(stream)
    run = emitted("Marquee/Test", Run())
    handler.setStream(before or sys.stdout)
    line = json.loads(stream.getvalue())

    assert run == Run()
    assert {"written": 3.0, "seconds": 0.5, "finished": 1.0}.items() <= line.items()
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Marquee/Test"
    assert directive["Dimensions"] == [["service"]]
    assert "service" in line
    assert directive["Metrics"] == [
        {"Name": "written", "Unit": "Count"},
        {"Name": "seconds", "Unit": "Seconds"},
        {"Name": "finished", "Unit": "Count"},
    ]
