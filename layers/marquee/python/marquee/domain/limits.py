"""How often who may ask for what: quotas by tier and class of route, and what a limiter promises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from marquee.domain.identity import Tier

RouteClass = Literal["search", "read", "write", "playback", "progress", "sign_in", "transfer"]

# A limiter remembers every admitted request of a window: what one caller may cost in memory is bounded.
MAX_LIMIT = 60_000


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `limit` requests in any `window_seconds`, wherever that window begins."""

    limit: int
    window_seconds: int = 60

    def times(self, factor: int) -> Quota:
        return Quota(max(self.limit, min(self.limit * factor, MAX_LIMIT)), self.window_seconds)


# Films are sent in thousands of parts and their jobs are polled: no honest client meets this one.
_TRANSFER = Quota(6_000)

QUOTAS: Mapping[Tier, Mapping[RouteClass, Quota]] = {
    "anonymous": {
        "search": Quota(60),
        "read": Quota(240),
        "write": Quota(30),
        "playback": Quota(120),
        "progress": Quota(60),
        "sign_in": Quota(30),
        "transfer": _TRANSFER,
    },
    "free": {
        "search": Quota(120),
        "read": Quota(600),
        "write": Quota(60),
        "playback": Quota(240),
        "progress": Quota(120),  # ten devices that report every ten seconds, and as much again
        "sign_in": Quota(30),
        "transfer": _TRANSFER,
    },
    "premium": {
        "search": Quota(240),
        "read": Quota(1_200),
        "write": Quota(120),
        "playback": Quota(480),
        "progress": Quota(240),
        "sign_in": Quota(30),
        "transfer": _TRANSFER,
    },
    "api": {
        "search": Quota(600),
        "read": Quota(3_000),
        "write": Quota(600),
        "playback": Quota(600),
        "progress": Quota(600),
        "sign_in": Quota(60),
        "transfer": _TRANSFER,
    },
    "admin": {
        "search": Quota(600),
        "read": Quota(3_000),
        "write": Quota(1_200),
        "playback": Quota(600),
        "progress": Quota(600),
        "sign_in": Quota(60),
        "transfer": _TRANSFER,
    },
}

# First match wins; paths stand below the API's prefix. None: no limit at all.
_CLASSES: tuple[tuple[re.Pattern[str], RouteClass | None], ...] = (
    # Monitors ask often, and must hear of a sick service most of all when it is busy.
    (re.compile(r"/health(/live)?|/metrics"), None),
    (re.compile(r"/(uploads|jobs|assets|images)(/.*)?|/streaming/sessions(/.*)?"), "transfer"),
    (re.compile(r"/movies/search"), "search"),
    (re.compile(r"/streaming/progress/.*"), "progress"),
    (re.compile(r"/streaming/.*"), "playback"),
    (re.compile(r"/identity(/.*)?"), "sign_in"),
)
_READING = frozenset({"GET", "HEAD"})


def class_of(method: str, path: str) -> RouteClass | None:
    """The class of a route; `path` without the API's prefix. None: exempt, as are browsers' OPTIONS."""
    if method == "OPTIONS":
        return None
    for pattern, route_class in _CLASSES:
        if pattern.fullmatch(path):
            return route_class
    return "read" if method in _READING else "write"


@dataclass(frozen=True, slots=True)
class Admission:
    """What a limiter says of one request.

    `remaining`: how many more are admitted now. `wait_ms`: until when one more is, or the oldest is forgotten.
    `blocked_ms`: for how long the caller's address is still blocked; 0: it is not.
    """

    admitted: bool
    remaining: int
    wait_ms: int
    blocked_ms: int = 0


class Limiter(Protocol):
    """Counts requests in moving windows."""

    def admit(self, key: str, quota: Quota, address: str) -> Admission:
        """Count one request of `key`, unless it is one too many: then it leaves no trace.

        Tells in the same breath whether `address` is blocked. Never raises: when the shared counters are away,
        this process counts alone and knows of no blocks.
        """
        ...
