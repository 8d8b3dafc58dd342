"""The catalogue of metrics, and telling them."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from marquee.domain import measures
from marquee.domain.measures import JOBS_COMPLETED, JOBS_FAILED, MEASURES, Measured, measure


def test_every_metric_has_a_name_of_its_own_and_says_what_it_is() -> None:
    assert len({each.name for each in MEASURES}) == len(MEASURES) > 20
    assert all(each.says.endswith(".") for each in MEASURES)


def test_every_metric_is_told_somewhere() -> None:
    """By its constant: nothing else can be told."""
    told = "".join(
        path.read_text() for path in Path(measures.__file__).parents[1].rglob("*.py") if path.name != "measures.py"
    )
    constants = {name for name, value in vars(measures).items() if isinstance(value, measures.Measure)}
    assert {name for name in constants if not re.search(rf"\b{name}\b\W", told)} == set()


def test_no_more_series_than_their_price_allows() -> None:
    """30 cents a month each, as long as they are told."""
    series = 0
    for each in MEASURES:
        combinations = 1
        for values in each.by.values():
            combinations *= len(values)
        series += combinations
    assert series <= 50


def test_measures_are_told_whatever_the_level_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "marquee")
    caplog.handler.setLevel(logging.INFO)
    measure({JOBS_FAILED: 1.0}, fault="film")
    assert [vars(record)["measured"] for record in caplog.records] == [Measured({JOBS_FAILED: 1.0}, {"fault": "film"})]


@pytest.mark.parametrize("dimensions", [{"fault": "film"}, {"task": "images"}])
def test_a_measure_by_other_dimensions_than_its_own_is_refused(dimensions: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="JobsCompleted is told by"):
        measure({JOBS_COMPLETED: 1.0}, **dimensions)
