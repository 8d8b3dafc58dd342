"""Panels of Grafana, three in a row; each a question in PromQL and its unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]
Unit = Literal["reqps", "percentunit", "s", "short", "ops"]

WIDTH, HEIGHT, COLUMNS = 8, 8, 24
SCHEMA_VERSION = 39  # Grafana 10 and later
# asked for when a board is opened, as it is called otherwise in each Grafana
_SOURCE: Json = {"type": "prometheus", "uid": "${source}"}


@dataclass(frozen=True)
class Panel:
    """`asks`: PromQL by the legend of its lines."""

    title: str
    unit: Unit
    asks: Mapping[str, str]
    kind: Literal["timeseries", "stat"] = "timeseries"


@dataclass(frozen=True)
class Board:
    """`uid` stays: links lead to it."""

    uid: str
    title: str
    panels: Sequence[Panel]

    def as_json(self) -> Json:
        """As Grafana imports it."""
        return {
            "uid": self.uid,
            "title": self.title,
            "tags": ["marquee"],
            "schemaVersion": SCHEMA_VERSION,
            "editable": True,
            "refresh": "30s",
            "time": {"from": "now-6h", "to": "now"},
            "templating": {
                "list": [{"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]
            },
            "panels": [_panel(number, panel) for number, panel in enumerate(self.panels)],
        }


def _panel(number: int, panel: Panel) -> Json:
    in_a_row = COLUMNS // WIDTH
    place = {"x": number % in_a_row * WIDTH, "y": number // in_a_row * HEIGHT, "w": WIDTH, "h": HEIGHT}
    targets = [
        {"refId": chr(ord("A") + place), "datasource": _SOURCE, "expr": ask, "legendFormat": legend}
        for place, (legend, ask) in enumerate(panel.asks.items())
    ]
    return {
        "id": number + 1,
        "type": panel.kind,
        "title": panel.title,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": targets,
    }
