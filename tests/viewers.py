"""HTTP functions as signed-in viewers ask them."""

from __future__ import annotations

import json
from typing import Any

from tests.platform import CONTEXT, authorizer_of, http_event


def ask(
    handler: Any, method: str, path: str, body: object = None, *, viewer: str | None = None, groups: str = ""
) -> dict[str, Any]:
    """The function's whole answer; `groups` as API Gateway writes them, `[admin premium]`."""
    event = http_event(method, path, body)
    if viewer is not None:
        event["requestContext"]["authorizer"] = authorizer_of(viewer, groups.strip("[]"))
    answer: dict[str, Any] = handler(event, CONTEXT)
    return answer


def said(answer: dict[str, Any]) -> tuple[int, Any]:
    """Status and content."""
    text = answer.get("body")
    return answer["statusCode"], json.loads(text) if text else None
