"""Counts in the log, in CloudWatch's embedded metric format."""

from __future__ import annotations

import logging

import pytest
from marquee.adapters.embedded_metrics import EVERY_SECONDS, LoggedCounts, embedded


def test_fields_say_what_is_a_metric_and_what_a_dimension() -> None:
    fields = embedded("Marquee/Cache", {"area": "movies"}, {"hit": 3, "miss": 1})
    (directive,) = fields.pop("_aws")["CloudWatchMetrics"]

    assert fields == {"area": "movies", "hit": 3, "miss": 1}
    assert directive == {
        "Namespace": "Marquee/Cache",
        "Dimensions": [["area"]],
        "Metrics": [{"Name": "hit", "Unit": "Count"}, {"Name": "miss", "Unit": "Count"}],
    }


def test_sums_are_logged_once_a_minute_and_begin_anew(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    now = [0.0]
    counts = LoggedCounts("Marquee/Cache", "area", monotonic=lambda: now[0])
    for _ in range(3):
        counts.count("movies", "hit")
    assert caplog.records == []

    for _ in range(2):
        now[0] += EVERY_SECONDS
        counts.count("movies", "miss")

    told = [(vars(record).get("hit"), vars(record).get("miss")) for record in caplog.records]
    assert told == [(3, 1), (None, 1)]
