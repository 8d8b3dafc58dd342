"""Which route of an HTTP API a request takes, and how much of its allowance is left."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from local.model import Route, Throttle


@dataclass(frozen=True)
class Match:
    """`parameters` are the path's parts that the route names, decoded."""

    route: Route
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class _Pattern:
    route: Route
    method: str
    segments: tuple[str, ...]
    greedy: bool

    @classmethod
    def of(cls, route: Route) -> _Pattern:
        method, _, path = route.key.partition(" ")
        segments = tuple(path.strip("/").split("/")) if path.strip("/") else ()
        return cls(route, method, segments, bool(segments) and segments[-1].endswith("+}"))

    @property
    def order(self) -> tuple[int, ...]:
        """API Gateway takes the most specific route: a full match, then a parameter, then a greedy one."""
        kinds = tuple(2 if s.endswith("+}") else 1 if s.startswith("{") else 0 for s in self.segments)
        return (*kinds, int(self.method == "ANY"))

    def match(self, method: str, segments: tuple[str, ...]) -> dict[str, str] | None:
        if self.method not in {method, "ANY"}:
            return None
        if self.greedy:
            if len(segments) < len(self.segments):
                return None
            tail = "/".join(segments[len(self.segments) - 1 :])
            segments = (*segments[: len(self.segments) - 1], tail)
        if len(segments) != len(self.segments):
            return None
        return _parameters(self.segments, segments)


def _parameters(pattern: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    for expected, given in zip(pattern, segments, strict=True):
        name = re.fullmatch(r"\{([^+}]+)\+?\}", expected)
        if name is not None and given:
            parameters[name[1]] = unquote(given)
        elif expected != given:
            return None
    return parameters


class RouteTable:
    """All routes of one API."""

    def __init__(self, routes: Iterable[Route]) -> None:
        routes = tuple(routes)
        self._default = next((route for route in routes if route.key == "$default"), None)
        patterns = [_Pattern.of(route) for route in routes if route.key != "$default"]
        self._patterns = sorted(patterns, key=lambda pattern: pattern.order)

    def find(self, method: str, raw_path: str) -> Match | None:
        """`raw_path` still encoded, so that an encoded slash does not part segments."""
        path = raw_path.strip("/")
        segments = tuple(path.split("/")) if path else ()
        for pattern in self._patterns:
            parameters = pattern.match(method, segments)
            if parameters is not None:
                return Match(pattern.route, parameters)
        return Match(self._default, {}) if self._default is not None else None


class TokenBucket:
    """Lets `burst` requests through at once and `rate` a second over time."""

    def __init__(self, throttle: Throttle, clock: Callable[[], float] = time.monotonic) -> None:
        self._throttle = throttle
        self._clock = clock
        self._tokens = float(throttle.burst)
        self._filled_at = clock()

    def take(self) -> bool:
        """False when there is no token left: the request is to be refused."""
        now = self._clock()
        gained = (now - self._filled_at) * self._throttle.rate
        self._tokens = min(float(self._throttle.burst), self._tokens + gained)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
