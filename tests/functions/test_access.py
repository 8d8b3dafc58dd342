"""Every route of the table lets in whom the table says, asked as API Gateway asks it, whatever is sent along."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from marquee.entry.http import MAX_BODY_BYTES

from infra.routes import PREFIX, ROUTES, Route
from tests.platform import Platform
from tests.whole_api import WholeApi, wired

API = WholeApi()
# What a route refuses for its form alone says nothing about who may call it.
BODIES: dict[str, dict[str, Any]] = {
    "/uploads": {"filename": "film.mp4", "size": 4, "content_type": "video/mp4"},
    "/uploads/{upload_id}/parts": {"part_numbers": [1]},
    "/uploads/{upload_id}/complete": {"parts": [{"part_number": 1, "etag": "x"}]},
    "/assets/{asset_id}": {"visibility": "premium"},
    "/assets/{asset_id}/tracks": {"text": "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n", "language": "en"},
    "/assets/{asset_id}/tracks/{track_id}": {"text": "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"},
    "/assets/{asset_id}/transcript": {"text": "Hello"},
    "/streaming/sessions": {"asset_id": "ast_none"},
    "/streaming/sessions/public": {"asset_id": "ast_none"},
    "/streaming/revocations": {"asset_id": "ast_none"},
    "/streaming/progress/{movie_id}": {
        "session_id": "ses_1",
        "session_started_at": "2026-01-01T00:00:00Z",
        "client_time": "2026-01-01T00:00:10Z",
        "position_seconds": 1.0,
        "duration_seconds": 60.0,
        "device": "test",
    },
    "/assets/{asset_id}/poster": {"candidate": 0},
    "/movies": {"title": "Heat"},
    "/movies/{movie_id}": {"title": "Heat"},
    "/me/terms": {"version": "2"},
    "/webhooks": {"url": "https://hooks.example/"},
    "/webhooks/{endpoint_id}": {"description": "Ours"},
}
# Each would be refused for its form on some route: as text, its type, and what stands behind the address.
BROKEN = {
    "fields": ('{"part_numbers": "x", "title": 5, "url": 1, "visibility": 0}', "application/json", ""),
    "no_json": ('{"title": ', "application/json", ""),
    "no_object": ('"text"', "application/json", ""),
    "too_deep": ("[" * 100_000, "application/json", ""),
    "too_large": ('"' + "x" * MAX_BODY_BYTES + '"', "application/json", ""),
    "form": ("title=Heat", "application/x-www-form-urlencoded", ""),
    "other_type": ("<title>Heat</title>", "text/xml", ""),
    "query": ("", "", "limit=many&status=unknown&cursor=" + "x" * 1000),
}
CLOSED = [route for route in ROUTES if route.access != "public"]
ADMINS = [route for route in ROUTES if route.access == "admin"]


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with wired(platform):
        yield


def ask(route: Route, group: str | None = None) -> tuple[int, str | None]:
    """Status and the problem's code, of a call for things that are not there."""
    body = json.dumps(BODIES.get(route.path, {})) if route.method in {"POST", "PATCH", "PUT"} else ""
    return send(route, group, body, "application/json" if body else "")


def send(route: Route, group: str | None, text: str, kind: str, query: str = "") -> tuple[int, str | None]:
    body = text.encode()
    environ = {
        "REQUEST_METHOD": route.method,
        "PATH_INFO": PREFIX
        + route.path.replace("{address}", "192.0.2.1")
        .replace("{name}/retry", "captions/retry")
        .replace("{", "")
        .replace("}", ""),
        "QUERY_STRING": query,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        **({"HTTP_AUTHORIZATION": f"Bearer {group}"} if group else {}),
    }
    told: list[str] = []
    content = b"".join(API(environ, lambda status, headers: told.append(status)))
    problem = content.startswith(b"{") and b'"code"' in content
    return int(told[0].partition(" ")[0]), json.loads(content).get("code") if problem else None


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", CLOSED, ids=named)
def test_nobody_is_asked_to_sign_in(route: Route) -> None:
    assert ask(route) == (401, "unauthenticated")


@pytest.mark.parametrize("group", ["free", "premium"])
@pytest.mark.parametrize("route", ADMINS, ids=named)
def test_what_takes_an_administrator_is_refused_to_viewers(route: Route, group: str) -> None:
    assert ask(route, group) == (403, "forbidden")


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("route", CLOSED, ids=named)
def test_who_may_not_call_is_told_so_before_what_he_sent_is_looked_at(route: Route, sent: tuple[str, str, str]) -> None:
    assert send(route, None, *sent) == (401, "unauthenticated")
    if route.access == "admin":
        assert send(route, "premium", *sent) == (403, "forbidden")


@pytest.mark.parametrize("sent", [BROKEN[name] for name in ("fields", "no_json", "form", "too_large")])
@pytest.mark.parametrize("path", BODIES, ids=str)
def test_who_may_call_is_told_what_is_wrong_with_it(path: str, sent: tuple[str, str, str]) -> None:
    route = next(route for route in ROUTES if route.path == path and route.method in {"POST", "PATCH", "PUT"})

    assert send(route, "admin", *sent)[0] in {400, 413, 415, 422}


@pytest.mark.parametrize("route", [route for route in CLOSED if route.access == "signed_in"], ids=named)
def test_what_is_a_viewer_s_own_is_not_refused_to_him_for_who_he_is(route: Route) -> None:
    assert ask(route, "free")[1] not in {"unauthenticated", "forbidden"}


@pytest.mark.parametrize("route", CLOSED, ids=named)
def test_an_administrator_is_let_in_everywhere(route: Route) -> None:
    status, code = ask(route, "admin")
    assert status < 300 or code == "not_found"
