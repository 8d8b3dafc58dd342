"""k6's answers, one by one, as its JSON output has them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

PHASES = ("well", "sick", "recovering")
# From when on everything has to be as before: breakers ask again, pools connect again.
RECOVERED_AFTER = 0.85


@dataclass(frozen=True, slots=True)
class Point:
    """One measured value; `share` is when in the run, from 0 to 1."""

    metric: str
    name: str
    status: int
    value: float
    share: float

    def within(self, phase: str) -> bool:
        if phase == "recovered":
            return self.share >= RECOVERED_AFTER
        return PHASES[min(int(self.share * len(PHASES)), len(PHASES) - 1)] == phase


class Answers:
    """Durations in milliseconds; a part of them by name or by phase."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._points = points
        self._calls = [point for point in points if point.metric == "http_req_duration"]

    def __len__(self) -> int:
        return len(self._calls)

    def of(self, *, name: str | None = None, phase: str | None = None) -> Answers:
        return Answers(
            [p for p in self._points if (name is None or p.name == name) and (phase is None or p.within(phase))]
        )

    def names(self) -> list[str]:
        return sorted({point.name for point in self._calls})

    def percentile(self, fraction: float) -> float:
        values = sorted(point.value for point in self._calls)
        return values[min(int(len(values) * fraction), len(values) - 1)] if values else 0.0

    def failures(self) -> int:
        """5xx, and calls that got no answer at all."""
        return sum(point.status == 0 or point.status >= 500 for point in self._calls)

    def degraded(self, phase: str) -> float:
        """The share of searches that said that something was missing."""
        marks = [point.value for point in self._points if point.metric == "degraded" and point.within(phase)]
        return sum(marks) / len(marks) if marks else 0.0


def read_answers(out: Path, began: float, seconds: float) -> Answers:
    return Answers(list(_points(out, began, seconds)))


def _points(out: Path, began: float, seconds: float) -> Iterator[Point]:
    with out.open() as lines:
        for line in lines:
            found = json.loads(line)
            if found["type"] != "Point" or found["metric"] not in {"http_req_duration", "degraded"}:
                continue
            data = found["data"]
            tags = data.get("tags") or {}
            # k6 stamps a call when it ends
            at = datetime.fromisoformat(data["time"]).timestamp()
            yield Point(
                metric=found["metric"],
                name=tags.get("name", ""),
                status=int(tags.get("status", 0)),
                value=float(data["value"]),
                share=min(max((at - began) / seconds, 0.0), 1.0),
            )
