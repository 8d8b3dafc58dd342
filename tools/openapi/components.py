"""What all operations share: problems by status, headers, who may call."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

Json = dict[str, Any]

TAGS: list[Json] = [
    {"name": "uploads", "description": "Source films are transferred into storage, in signed parts."},
    {"name": "jobs", "description": "A film's way from its source to what is watched."},
    {"name": "assets", "description": "What was made from a source: renditions, tracks, pictures."},
    {"name": "images", "description": "Pictures of assets in other sizes and formats."},
    {"name": "movies", "description": "The catalogue: own films, and those TMDB knows."},
    {"name": "streaming", "description": "Where a film is watched, the right to it, and how far one is in it."},
    {"name": "me", "description": "The caller's own account and data."},
    {"name": "identity", "description": "How to sign in."},
    {"name": "webhooks", "description": "Whom to tell when something happens."},
    {"name": "abuse", "description": "Who is shut out for a while."},
    {"name": "health", "description": "Whether the service can serve."},
    {"name": "operations", "description": "What runs, waits and fails just now."},
    {"name": "metrics", "description": "What was counted."},
    {"name": "reference", "description": "This description, for programs and for people."},
]

SECURITY_SCHEMES: Json = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of a user, or of a machine by client credentials; "
        "`GET /api/v1/identity` says where to get one.",
    }
}

_RETRY_AFTER: Json = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}

# On every answer; those of the limiter where it counts.
COMMON_HEADERS: Json = {
    "X-Request-Id": {"$ref": "#/components/headers/RequestId"},
    "RateLimit": {"$ref": "#/components/headers/RateLimit"},
    "RateLimit-Policy": {"$ref": "#/components/headers/RateLimitPolicy"},
}

RESPONSE_HEADERS: Json = {
    "RequestId": {
        "description": "The X-Request-Id that was sent, or a new one: name it when you ask for help.",
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "Names what was answered; send it as If-None-Match or If-Match.",
        "schema": {"type": "string"},
    },
    "RetryAfter": {"description": "Seconds after which to try again.", "schema": {"type": "integer", "minimum": 0}},
    "RateLimit": {"description": "What is left of the caller's quota, and until when.", "schema": {"type": "string"}},
    "RateLimitPolicy": {"description": "The quota: so many requests in so many seconds.", "schema": {"type": "string"}},
    "IdempotencyReplayed": {
        "description": "`true` when this is the answer to an earlier call with the same Idempotency-Key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}

_WHY: dict[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "The body is not JSON.",
    HTTPStatus.UNAUTHORIZED: "There is no token, or not a valid one.",
    HTTPStatus.FORBIDDEN: "The caller is known, and may not do this.",
    HTTPStatus.NOT_FOUND: "There is no such thing, or not for this caller.",
    HTTPStatus.CONFLICT: "Its state does not allow this.",
    HTTPStatus.PRECONDITION_FAILED: "It is no longer the version that If-Match names.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not sent as application/json.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something in the request cannot be accepted; `errors` says where.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests of this kind; `Retry-After` says when there may be more.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Our mistake; it has been recorded under `request_id`.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Something that is needed is away for now; try again after `Retry-After`.",
}


def name_of(status: HTTPStatus) -> str:
    """`404` → `NotFound`."""
    return "".join(word.capitalize() for word in status.name.split("_"))


# API Gateway itself says so where a token is refused, a body is too large even to be passed on, a client is too
# fast for all, or a function breaks off or is away. What it says cannot be changed.
_SAID_BY_GATEWAY = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
}
_GATEWAY_MESSAGE: Json = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}


def _response(status: HTTPStatus) -> Json:
    waits = status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    by_gateway = {"application/json": {"schema": _GATEWAY_MESSAGE}} if status in _SAID_BY_GATEWAY else {}
    return {
        "description": _WHY[status],
        "headers": {
            **COMMON_HEADERS,
            **(_RETRY_AFTER if waits else {}),
        },
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}},
            **by_gateway,
        },
    }


PROBLEM_RESPONSES: Json = {name_of(status): _response(status) for status in _WHY}


def problem_response(status: HTTPStatus) -> Json:
    return {"$ref": f"#/components/responses/{name_of(status)}"}
