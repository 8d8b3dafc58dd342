"""A gate to knock at."""

from __future__ import annotations

from typing import Any

from marquee.entry.limits import Gate

from tests.fakes_limits import START_MS, MemoryLimits
from tests.fakes_metrics import MemoryMetrics
from tests.platform import http_event


class Door:
    """A gate before a function that answers `status`; remembers how often it was reached."""

    def __init__(self, *, status: int = 200, **options: Any) -> None:
        self.now_ms = START_MS
        self.limits = MemoryLimits(lambda: self.now_ms)
        self.metrics = MemoryMetrics()
        self.gate = Gate(self.limits, self.limits, **options)
        self.status = status
        self.reached = 0

    def _respond(self) -> dict[str, Any]:
        self.reached += 1
        return {"statusCode": self.status, "headers": {"Content-Type": "text/plain"}, "body": "x"}

    def knock(
        self,
        path: str = "/api/v1/movies/search",
        *,
        method: str = "GET",
        address: str = "192.0.2.1",
        headers: dict[str, str] | None = None,
        claims: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        event = http_event(method, path, headers=headers)
        event["requestContext"]["http"]["sourceIp"] = address
        if claims:
            event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
        answer = self.gate.answer(event, self._respond, metrics=self.metrics, request_id="r-1")
        self.metrics.flush()
        return answer


def viewer(subject: str, groups: str = "") -> dict[str, str]:
    return {"sub": subject, "username": subject, "cognito:groups": groups}


ADMIN = viewer("root", "[admin]")
