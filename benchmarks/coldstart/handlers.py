"""`python -m benchmarks.coldstart.handlers`: how long each function of the API takes for a call of its own.

Everything that is ours runs: the gate with its limits, routing, validation, the use case, counting, the log line,
tag and compression. Only what is elsewhere is replaced, by the tests' stores in memory. Prints JSON, one function
an entry: the call, the status it was answered with, and the milliseconds of each measured call.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "marquee" / "python"), str(ROOT / "functions")]

WARM_CALLS = 50
CALLS = 300

Event = dict[str, Any]


class Call(NamedTuple):
    """What a function is asked for most, below the API's prefix."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None


def calls(known: Mapping[str, str]) -> dict[str, Call]:
    """By function; `known` are the ids of what is in the stores."""
    progress = {
        "session_id": "player-1",
        "session_started_at": "2026-11-21T12:00:00Z",
        "position_seconds": 60,
        "duration_seconds": 5400,
        "device": "a browser",
        "client_time": "2026-11-21T12:01:00Z",
    }
    return {
        "abuse": Call("GET", "/abuse/blocks"),
        "assets": Call("GET", f"/assets/{known['asset']}"),
        "health": Call("GET", "/health/live"),
        "jobs": Call("GET", f"/jobs/{known['job']}"),
        "me": Call("GET", "/me"),
        "movies": Call("GET", "/movies/search?q=heat"),
        "operations": Call("GET", "/operations"),
        "pictures": Call("DELETE", f"/assets/{known['asset']}/poster"),
        "progress": Call("POST", f"/streaming/progress/{known['movie']}", progress),
        "reference": Call("GET", "/openapi.json"),
        "revocations": Call("POST", "/streaming/revocations", {"asset_id": known["asset"]}),
        "sources": Call("GET", f"/streaming/sources/{known['movie']}"),
        "streaming": Call("POST", "/streaming/sessions", {"asset_id": known["asset"]}),
        "tracks": Call("GET", f"/assets/{known['asset']}/tracks"),
        "uploads": Call("POST", "/uploads", {"filename": "a.mp4", "size": 1_000_000, "content_type": "video/mp4"}),
        "webhooks": Call("GET", "/webhooks"),
    }


def milliseconds(handler: Callable[[Event, object], Any], event: Event, context: object) -> tuple[int, list[float]]:
    """The status of the last answer, and how long each call took once the function was warm."""
    spent, status = [], 0
    for number in range(WARM_CALLS + CALLS):
        started = time.perf_counter()
        status = handler(event, context)["statusCode"]
        if number >= WARM_CALLS:
            spent.append((time.perf_counter() - started) * 1000)
    return status, spent


def _named(path: str, known: Mapping[str, str]) -> str:
    """The path with names where it has ids."""
    for name, identity in known.items():
        path = path.replace(identity, f"{{{name}}}")
    return path


def main() -> None:
    from marquee.domain.clock import utc_now

    from infra.routes import PREFIX, ROUTES
    from tests.functions.movies.films import own
    from tests.platform import CONTEXT, Platform, authorizer_of, http_event
    from tests.whole_api import wired

    platform, found = Platform(), {}
    with wired(platform), contextlib.redirect_stdout(Path(os.devnull).open("w")):
        job = platform.running()
        platform.assets.mark_playable(job.asset_id, job.version, utc_now())
        known = {"asset": job.asset_id, "job": job.id}
        known["movie"] = own(platform, "Heat", asset_id=job.asset_id).id
        asked = calls(known)
        for function in sorted({route.function for route in ROUTES}):
            call = asked[function]
            event = http_event(call.method, PREFIX + call.path, call.body, {"Accept-Encoding": "gzip"})
            event["requestContext"]["authorizer"] = authorizer_of("user-1", "admin")
            status, spent = milliseconds(import_module(f"{function}.handler").lambda_handler, event, CONTEXT)
            found[function] = {
                "call": f"{call.method} {_named(call.path, known)}",
                "status": status,
                "milliseconds": spent,
            }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
