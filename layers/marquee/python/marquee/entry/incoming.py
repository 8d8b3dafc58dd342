"""What an HTTP event says of itself before any route sees it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from marquee.domain.trace import Trace, parse_traceparent

MAX_BODY_BYTES = 1024 * 1024  # 10,000 parts with their ETags are 0.75 MiB

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
# What may stand in a log line and a header as it came.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:=+/@-]{1,128}")


class Incoming(NamedTuple):
    """One request. `route` is the template it was routed by, `(none)` when no route takes it; `method` one of
    those that HTTP knows, else `(other)`: both are fit to be labels of counters."""

    request_id: str
    gateway_id: str
    method: str
    path: str
    route: str
    trace: Trace | None


class Refusal(NamedTuple):
    """Why a request is not looked at."""

    status: HTTPStatus
    code: str
    detail: str


NOT_JSON = Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Send the body as application/json.")
# Unpacked here, a few bytes would become as many as they like.
PACKED = NOT_JSON._replace(detail="Send the body as it is, without a Content-Encoding.")


def incoming(event: Mapping[str, Any]) -> Incoming:
    """The request in an HTTP API event (payload format 2.0). The caller's X-Request-Id is taken when it is fit."""
    context, headers = event["requestContext"], event.get("headers") or {}
    gateway_id = str(context.get("requestId") or "")
    sent = str(headers.get("x-request-id", ""))
    method = str(context["http"]["method"])
    template = str(event.get("routeKey") or "").partition(" ")[2]
    return Incoming(
        request_id=sent if _REQUEST_ID.fullmatch(sent) else gateway_id,
        gateway_id=gateway_id,
        method=method if method in _METHODS else "(other)",
        path=str(context["http"]["path"]),
        route=template or "(none)",
        trace=parse_traceparent(str(headers.get("traceparent", ""))),
    )


def as_get(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """A HEAD event as the GET whose answer it asks about."""
    context = event["requestContext"]
    return {**event, "requestContext": {**context, "http": {**context["http"], "method": "GET"}}}


def is_form(event: Mapping[str, Any]) -> bool:
    """Whether the body says it is a form. The resolver would read it as one, and choke on a broken one."""
    kind = str((event.get("headers") or {}).get("content-type", "")).strip().lower()
    return kind.startswith(("multipart/form-data", "application/x-www-form-urlencoded"))


def unread(event: Mapping[str, Any]) -> Refusal | None:
    """Why the resolver would choke on this body, if it would."""
    body = event.get("body") or ""
    encoding = str((event.get("headers") or {}).get("content-encoding", "")).strip().lower()
    if body and encoding not in {"", "identity"}:
        return PACKED
    if len(body) > MAX_BODY_BYTES:
        detail = f"The body may have at most {MAX_BODY_BYTES} bytes."
        return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", detail)
    if body and not _is_readable(body, encoded=bool(event.get("isBase64Encoded"))):
        return Refusal(HTTPStatus.BAD_REQUEST, "malformed_json", "The body is not JSON.")
    return None


def _is_readable(body: str, *, encoded: bool) -> bool:
    """Whether the body is text, nested no deeper and with no longer numbers than a parser can follow."""
    try:
        json.loads(base64.b64decode(body).decode() if encoded else body)
    except json.JSONDecodeError:
        return True  # the resolver says where the fault is
    except (ValueError, RecursionError):
        return False
    return True
