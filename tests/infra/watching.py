"""Reading what the observability stack looks at: metrics of alarms and dashboards, in one form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.infra.templates import Templates, plain


@dataclass(frozen=True)
class Shown:
    """A metric somewhere: `dimensions` as pairs in order of their names; `search`: the words of one that is found."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    search: str = ""


def of_alarms(templates: Templates) -> Iterator[tuple[str, Shown]]:
    """Logical id of an alarm, and each metric that it looks at."""
    for _, logical_id, alarm in templates.resources("AWS::CloudWatch::Alarm"):
        stats = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
        for metric in stats or [alarm]:
            pairs = {each["Name"]: plain(each["Value"]) for each in metric.get("Dimensions", [])}
            yield logical_id, Shown(metric["Namespace"], metric["MetricName"], _sorted(pairs))


def of_dashboards(templates: Templates) -> Iterator[tuple[str, Shown]]:
    """Title of a graph, and each metric that it shows."""
    for _, _, dashboard in templates.resources("AWS::CloudWatch::Dashboard"):
        for widget in json.loads(plain(dashboard["DashboardBody"]))["widgets"]:
            for line in _lines(widget["properties"].get("metrics", [])):
                yield widget["properties"]["title"], line


def _lines(metrics: list[list[Any]]) -> Iterator[Shown]:
    for metric in metrics:
        words = [word for word in metric if isinstance(word, str)]
        options: Mapping[str, Any] = metric[-1] if isinstance(metric[-1], dict) else {}
        if words:
            yield Shown(words[0], words[1], _sorted(dict(zip(words[2::2], words[3::2], strict=True))))
        elif "SEARCH" in options["expression"]:
            yield Shown("", "", search=options["expression"])


def _sorted(pairs: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pairs.items()))
