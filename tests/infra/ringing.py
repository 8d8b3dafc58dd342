"""CloudWatch's rules of alarms, as far as ours use them: statistics of periods, metric math, missing data, M of N.

After "Using Amazon CloudWatch alarms" and "Using math expressions with CloudWatch metrics"; so that an alarm can be
heard here before it is deployed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.infra.templates import Properties

# Seconds since the beginning, and a value told then; by the name of the metric and the values of its dimensions.
Told = Mapping[tuple[str, ...], Sequence[tuple[float, float]]]


def states(alarm: Properties, told: Told, *, minutes: int) -> list[bool]:
    """For each whole period of the first `minutes`: whether the alarm rings at its end."""
    period = _period(alarm)
    points = [_value(alarm, told, start, period) for start in range(0, minutes * 60, period)]
    ringing, rung = False, []
    for end in range(1, len(points) + 1):
        ringing = _rings(alarm, points[max(0, end - alarm["EvaluationPeriods"]) : end], ringing)
        rung.append(ringing)
    return rung


def _rings(alarm: Properties, points: list[float | None], before: bool) -> bool:
    missing = alarm["TreatMissingData"]
    if all(point is None for point in points) and missing == "ignore":
        return before
    breaching = sum(missing == "breaching" if point is None else _beyond(alarm, point) for point in points)
    if missing == "ignore" and points[-1] is None:
        return before
    return breaching >= int(alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]))


def _beyond(alarm: Properties, point: float) -> bool:
    if alarm["ComparisonOperator"] == "LessThanThreshold":
        return point < float(alarm["Threshold"])
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    return point >= float(alarm["Threshold"])


def _period(alarm: Properties) -> int:
    stats = [query["MetricStat"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    return int((stats or [alarm])[0]["Period"])


def _value(alarm: Properties, told: Told, start: int, period: int) -> float | None:
    if "Metrics" not in alarm:
        statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        return _statistic(statistic, _within(alarm, told, start, period))
    found = {
        query["Id"]: _statistic(
            query["MetricStat"]["Stat"], _within(query["MetricStat"]["Metric"], told, start, period)
        )
        for query in alarm["Metrics"]
        if "MetricStat" in query
    }
    (expression,) = (query["Expression"] for query in alarm["Metrics"] if "Expression" in query)
    return _math(expression, found)


def _within(metric: Mapping[str, Any], told: Told, start: int, period: int) -> list[float]:
    """The dimension `environment` and names of resources are left out: here is one of each."""
    named = [str(each["Value"]) for each in metric.get("Dimensions", []) if each["Name"] in _TOLD_BY]
    points = told.get((metric["MetricName"], *named), ())
    return [value for second, value in points if start <= second < start + period]


_TOLD_BY = frozenset({"worker", "fault", "breaker", "task", "runner", "service"})


def _statistic(name: str, values: list[float]) -> float | None:
    if name == "SampleCount":
        return float(len(values)) if values else None
    if not values:
        return None
    if found := re.fullmatch(r"p(\d+)", name):
        return sorted(values)[min(len(values) - 1, int(len(values) * int(found[1]) / 100))]
    return {"Sum": sum(values), "Maximum": max(values), "Minimum": min(values), "Average": sum(values) / len(values)}[
        name
    ]


def _math(expression: str, values: Mapping[str, float | None]) -> float | None:
    """Without a value where one is needed, or divided by nothing, there is none."""
    names = {"IF": lambda condition, then, otherwise: then if condition else otherwise, "SUM": _sum, **values}
    try:
        return float(eval(expression, {"__builtins__": {}}, names))  # noqa: S307  (our own templates)
    except (TypeError, ZeroDivisionError):
        return None


def _sum(values: Sequence[float | None]) -> float | None:
    """Of those that are there."""
    there = [value for value in values if value is not None]
    return sum(there) if there else None
