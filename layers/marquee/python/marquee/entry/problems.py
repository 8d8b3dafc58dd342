"""RFC 9457 problem answers: the one place that knows which error is which HTTP status."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from marquee.domain.errors import (
    Conflict,
    Forbidden,
    InvalidMedia,
    InvalidRequest,
    MarqueeError,
    NotFound,
    Outdated,
    PermanentError,
    TransientError,
    Unauthenticated,
)

PROBLEM_JSON = "application/problem+json"
# Where the docs page says what a code means; docs/problems.md is where it takes it from.
TYPE_BASE = "/api/v1/docs#"
RETRY_AFTER_SECONDS = 2

# First match wins: subclasses stand above their bases.
STATUS_OF: tuple[tuple[type[MarqueeError], HTTPStatus], ...] = (
    (Unauthenticated, HTTPStatus.UNAUTHORIZED),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (Outdated, HTTPStatus.PRECONDITION_FAILED),
    (InvalidRequest, HTTPStatus.UNPROCESSABLE_ENTITY),
    (InvalidMedia, HTTPStatus.UNPROCESSABLE_ENTITY),
    (PermanentError, HTTPStatus.BAD_REQUEST),
    (TransientError, HTTPStatus.SERVICE_UNAVAILABLE),
    (MarqueeError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def status_of(error: MarqueeError) -> HTTPStatus:
    return next(status for error_type, status in STATUS_OF if isinstance(error, error_type))


def problem(
    status: HTTPStatus,
    *,
    code: str,
    detail: str,
    request_id: str,
    errors: Sequence[dict[str, Any]] = (),
    headers: dict[str, str] | None = None,
) -> Response[str]:
    """A problem answer. `errors` names the fields at fault: `{location, code, message}`."""
    body = {
        "type": TYPE_BASE + code,
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        "errors": list(errors),
    }
    always: dict[str, str | list[str]] = {"Cache-Control": "no-store"}
    return Response(
        status_code=status.value,
        content_type=PROBLEM_JSON,
        body=json.dumps(body),
        headers={**always, **(headers or {})},
    )


def problem_of(error: MarqueeError, request_id: str) -> Response[str]:
    status = status_of(error)
    waits = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
    return problem(status, code=error.code, detail=error.message, request_id=request_id, headers=waits)


def field_errors(errors: Sequence[Any]) -> list[dict[str, Any]]:
    """Pydantic's errors as a client can use them; what was sent is not echoed."""
    return [
        {
            "location": ".".join(str(part) for part in error["loc"]),
            "code": str(error["type"]),
            "message": str(error["msg"]),
        }
        for error in errors
    ]
