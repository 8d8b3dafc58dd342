"""Problems and their codes: docs/problems.md is where they are explained, here they are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

Json = dict[str, Any]

PATH = Path(__file__).resolve().parents[2] / "docs" / "problems.md"
_ROW = re.compile(r"^\| `(?P<code>[a-z0-9_]+)` \| (?P<status>\d{3}|job) \| (?P<meaning>.+?) \|$", re.MULTILINE)


def read_problems() -> list[Json]:
    """Code, status (`job` for what a failed job says) and meaning of every problem, as the tables have them."""
    return [match.groupdict() for match in _ROW.finditer(PATH.read_text())]


def problem_schema() -> Json:
    """The body of every error (RFC 9457). Open: a kind of problem may say more."""
    text: Json = {"type": "string"}
    return {
        "type": "object",
        "title": "ProblemDetails",
        "description": "Why a request was not answered as it was meant (RFC 9457).",
        "required": ["type", "title", "status", "detail", "code", "request_id", "errors"],
        "properties": {
            "type": {**text, "format": "uri-reference", "description": "Where this kind of problem is explained."},
            "title": {**text, "description": "The status in words."},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {**text, "description": "What is wrong, in a sentence for people."},
            "code": {**text, "pattern": "^[a-z0-9_]+$", "description": "What is wrong, for programs; it is stable."},
            "request_id": {**text, "description": "Under which this request is recorded."},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
        },
        "example": {
            "type": "/api/v1/docs#not_found",
            "title": "Not Found",
            "status": 404,
            "detail": "There is no job of this id.",
            "code": "not_found",
            "request_id": "6c1f0e6c0b8d4d7a",
            "errors": [],
        },
    }


def field_error_schema() -> Json:
    text: Json = {"type": "string"}
    return {
        "type": "object",
        "title": "FieldError",
        "description": "One field at fault.",
        "required": ["location", "code", "message"],
        "properties": {
            "location": {**text, "description": "Where it is: `body.size`, `query.limit`."},
            "code": text,
            "message": text,
        },
        "example": {"location": "body.size", "code": "greater_than", "message": "Input should be greater than 0"},
    }
