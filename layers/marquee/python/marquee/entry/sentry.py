"""Errors go to Sentry, where the process has a SENTRY_DSN; without one this is never imported.

Its SDK costs more to import than the rest of a function, and hooks into all of it. What is wanted is one POST of one
error with its stack and the ids of its work; nothing of what users sent goes along.
https://develop.sentry.dev/sdk/data-model/envelopes/
"""

from __future__ import annotations

import json
import logging
import os
import time
import traceback
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from marquee.domain.errors import PermanentError

CLIENT = "marquee/1.0"
# An error's answer waits so long at most; who does not answer is left alone for a while.
TIMEOUT_SECONDS = 2.0
REST_SECONDS = 60.0
MOST_A_MINUTE = 10
LONGEST_TEXT = 2000
TAGS = ("job_id", "asset_id", "upload_id", "request_id", "trace_id", "function_request_id", "kind", "index", "code")

Send = Callable[[str, Mapping[str, str], bytes], int]


def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """The answer's status; raises OSError when there is none."""
    import urllib3

    try:
        answer = urllib3.request(
            "POST", url, headers=dict(headers), body=body, timeout=TIMEOUT_SECONDS, retries=False, redirect=False
        )
    except urllib3.exceptions.HTTPError as error:
        raise OSError(str(error)) from error
    return answer.status


class SentryHandler(logging.Handler):
    """Sends records of level ERROR and above. `keys` gives what the process's log lines name just now.

    It waits for the answer, as Lambda may stop the process right after; it never raises. Raises ValueError for a DSN
    that is none.
    """

    def __init__(
        self,
        dsn: str,
        service: str,
        keys: Callable[[], Mapping[str, Any]],
        *,
        send: Send = post,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(logging.ERROR)
        self._url, self._headers = address_of(dsn)
        self._service = service
        self._keys = keys
        self._send = send
        self._monotonic = monotonic
        self._rest_until = float("-inf")
        self._minute, self._sent = float("-inf"), 0

    def emit(self, record: logging.LogRecord) -> None:
        now = self._monotonic()
        if _is_of_the_film(record) or now < self._rest_until or not self._may_send(now):
            return
        event = event_of(record, self._service, self._keys())
        try:
            status = self._send(self._url, self._headers, envelope(event))
        except OSError:
            status = 503
        if status == 429 or status >= 500:
            self._rest_until = self._monotonic() + REST_SECONDS

    def _may_send(self, now: float) -> bool:
        if now - self._minute >= 60:
            self._minute, self._sent = now, 0
        self._sent += 1
        return self._sent <= MOST_A_MINUTE


def _is_of_the_film(record: logging.LogRecord) -> bool:
    """What cannot be done for anybody is told to who asked for it, and is no error of ours."""
    return record.exc_info is not None and isinstance(record.exc_info[1], PermanentError)


def address_of(dsn: str) -> tuple[str, dict[str, str]]:
    """Where envelopes go, and the headers that let them in: `https://{key}@{host}/{project}`."""
    parts = urlsplit(dsn)
    prefix, _, project = parts.path.rpartition("/")
    if parts.scheme not in {"https", "http"} or not parts.username or not parts.hostname or not project:
        raise ValueError("SENTRY_DSN is not of the form https://key@host/project")
    port = f":{parts.port}" if parts.port else ""
    auth = f"Sentry sentry_version=7, sentry_client={CLIENT}, sentry_key={parts.username}"
    headers = {"Content-Type": "application/x-sentry-envelope", "X-Sentry-Auth": auth}
    return f"{parts.scheme}://{parts.hostname}{port}{prefix}/api/{project}/envelope/", headers


def envelope(event: Mapping[str, Any]) -> bytes:
    body = json.dumps(event, default=str).encode()
    head = json.dumps({"event_id": event["event_id"], "sent_at": datetime.now(UTC).isoformat()}).encode()
    return b"\n".join((head, json.dumps({"type": "event", "length": len(body)}).encode(), body, b""))


def event_of(record: logging.LogRecord, service: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """The record as Sentry groups it: by its error, else by its message."""
    said = {**keys, **vars(record)}
    event: dict[str, Any] = {
        "event_id": uuid.uuid4().hex,
        "timestamp": record.created,
        "platform": "python",
        "level": "fatal" if record.levelno >= logging.CRITICAL else "error",
        "logger": record.name,
        "server_name": service,
        "environment": os.environ.get("ENVIRONMENT", ""),
        "logentry": {"formatted": record.getMessage()[:LONGEST_TEXT]},
        "tags": {"service": service, **{tag: str(said[tag]) for tag in TAGS if said.get(tag) not in (None, "")}},
    }
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        event["exception"] = {"values": _chain(error)}
    return event


def _chain(error: BaseException) -> list[dict[str, Any]]:
    """The error and what it came of, the oldest first, as Sentry wants them."""
    found: list[dict[str, Any]] = []
    seen: BaseException | None = error
    while seen is not None and len(found) < 5:
        found.append({"type": type(seen).__name__, "value": str(seen)[:LONGEST_TEXT], "stacktrace": _stack(seen)})
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return found[::-1]


def _stack(error: BaseException) -> dict[str, Any]:
    frames = []
    with suppress(OSError):  # sources that cannot be read
        for frame in traceback.extract_tb(error.__traceback__):
            name = frame.filename
            frames.append(
                {
                    "filename": name,
                    "function": frame.name,
                    "lineno": frame.lineno,
                    "context_line": frame.line,
                    "in_app": "site-packages" not in name and "/opt/python/lib" not in name,
                }
            )
    return {"frames": frames}
