"""Measures in logs, as CloudWatch reads them."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from marquee.domain.measures import JOB_TIME, JOBS_FAILED, measure

from tests.layers.entry.written import written as written


def test_a_measure_is_a_metric_of_its_environment(written: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "staging")
    measure({JOBS_FAILED: 1.0}, fault="film")
    line = json.loads(written.getvalue())

    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive == {
        "Namespace": "Marquee",
        "Dimensions": [["environment", "fault"]],
        "Metrics": [{"Name": "JobsFailed", "Unit": "Count"}],
    }
    assert {"environment": "staging", "fault": "film", "JobsFailed": 1.0}.items() <= line.items()
    assert isinstance(line["_aws"]["Timestamp"], int)


def test_measures_are_written_also_where_the_log_says_only_errors(written: StringIO) -> None:
    from marquee.entry.logs import configured_logger

    logger = configured_logger()
    before = logger.log_level
    logger.setLevel("ERROR")
    try:
        measure({JOB_TIME: 12.5})
    finally:
        logger.setLevel(before)
    assert json.loads(written.getvalue())["JobTime"] == 12.5
