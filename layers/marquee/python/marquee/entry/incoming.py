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


# Lambda takes 6 MB with the event around it, in Base64: a third less of a picture itself.
MAX_PICTURE_BYTES = 4 * 1024 * 1024

# Types of files that a route may take in place of JSON with a `text` …
_SUBTITLES = frozenset({"text/vtt", "application/x-subrip", "text/x-ssa"})
# … or with a `picture` in Base64.
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
# Marks the JSON of a file: the file was looked at, and its JSON may be longer than what callers send.
_CARRIED = "carried"
NOT_JSON = Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "Send the body as application/json.")
MALFORMED = Refusal(HTTPStatus.BAD_REQUEST, "malformed_json", "The body is not JSON.")
NO_PICTURE = NOT_JSON._replace(
    detail="Send pictures as image/jpeg, image/png or image/webp, all else as application/json."
)
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


def as_json(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """A body that is a subtitle file or a picture as the JSON that would carry it, `{"text": …}` or
    `{"picture": …}`; any other event as it is."""
    headers, kind = event.get("headers") or {}, _kind(event)
    if unread(event) is not None:
        return event
    body, encoded = event.get("body") or "", bool(event.get("isBase64Encoded"))
    if kind in _SUBTITLES:
        content = {"text": _text(body) if encoded else body}
    elif kind in _PICTURES:
        content = {"picture": body if encoded else base64.b64encode(body.encode()).decode()}
    else:
        return event
    carried = {"body": json.dumps(content, ensure_ascii=False), "isBase64Encoded": False, _CARRIED: kind}
    return {**event, **carried, "headers": {**headers, "content-type": "application/json"}}


def unread(event: Mapping[str, Any]) -> Refusal | None:
    """Why the resolver would choke on this body, if it would."""
    if _CARRIED in event:
        return None
    body, kind = event.get("body") or "", _kind(event)
    encoding = str((event.get("headers") or {}).get("content-encoding", "")).strip().lower()
    if body and encoding not in {"", "identity"}:
        return PACKED
    if kind in _PICTURES:
        return _too_large(MAX_PICTURE_BYTES) if len(body) > -(-MAX_PICTURE_BYTES // 3) * 4 else None
    if len(body) > MAX_BODY_BYTES:
        return _too_large(MAX_BODY_BYTES)
    if body and kind.startswith("image/"):
        return NO_PICTURE
    if body and kind not in _SUBTITLES and not _is_readable(body, encoded=bool(event.get("isBase64Encoded"))):
        is_json = kind in {"", "application/json"} or kind.endswith("+json")
        return MALFORMED if is_json else NOT_JSON
    return None


def _too_large(limit: int) -> Refusal:
    detail = f"The body may have at most {limit} bytes."
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", detail)


def _kind(event: Mapping[str, Any]) -> str:
    """The media type of the body, in lower case."""
    return str((event.get("headers") or {}).get("content-type", "")).partition(";")[0].strip().lower()


def _text(body: str) -> str:
    """A subtitle file that came as bytes: in UTF-16, or as old files are."""
    from marquee.media.subtitles_read import decode_text

    return decode_text(base64.b64decode(body))


def _is_readable(body: str, *, encoded: bool) -> bool:
    """Whether the body is text, nested no deeper and with no longer numbers than a parser can follow."""
    try:
        json.loads(base64.b64decode(body).decode() if encoded else body)
    except json.JSONDecodeError:
        return True  # the resolver says where the fault is
    except (ValueError, RecursionError):
        return False
    return True
