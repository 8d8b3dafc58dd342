"""Examples of bodies and answers: a model's fields give theirs, and the rest is made up to fit."""

from __future__ import annotations

import re
from typing import Any

Json = dict[str, Any]

_ULID = "01JD3Z7W8Q4X5Y6Z7A8B9C0D1E"
_BY_NAME: Json = {
    "job_id": f"job_{_ULID}",
    "asset_id": f"ast_{_ULID}",
    "upload_id": f"upl_{_ULID}",
    "movie_id": f"mov_{_ULID}",
    "session_id": f"ses_{_ULID}",
    "endpoint_id": f"whe_{_ULID}",
    "delivery_id": f"whd_{_ULID}",
    "next_cursor": None,
    "language": "en",
    "filename": "film.mp4",
    "content_type": "video/mp4",
    "title": "The Film",
    "poster_path": "/poster.jpg",
    "backdrop_path": "/backdrop.jpg",
    "etag": '"9b74c9897bac770ffc029102a200c5de"',
    "status": None,
}
_MIB = 1024 * 1024
_NUMBER_BY_NAME = {
    "size": 16 * _MIB,
    "part_size": 16 * _MIB,
    "duration_seconds": 5400.0,
    "position_seconds": 1200.0,
    "year": 1995,
    "width": 1920,
    "height": 1080,
}
_BY_FORMAT = {
    "date-time": "2026-11-21T12:00:00Z",
    "date": "2026-11-21",
    "uri": "https://example.com/hook",
    "uuid": "7b0c9a3e-2f4d-4f0e-9a57-0d3a1c2b4e5f",
}
_DEEPEST = 6


def with_examples(whole: Json) -> Json:
    """Every JSON body of a request or an answer gets an example, unless its schema has one."""
    for operations in whole["paths"].values():
        for operation in operations.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                media = body.get("content", {}).get("application/json")
                if media and "schema" in media and "example" not in media:
                    media["example"] = example_of(media["schema"], whole)
    return whole


def example_of(schema: Json, whole: Json, name: str = "", depth: int = 0) -> Any:
    """A value that the schema accepts."""
    if "$ref" in schema:
        return example_of(whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]], whole, name, depth)
    given = _given(schema, name)
    if given:
        return given[0]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return _of_choices(schema[key], whole, name, depth)
    if "allOf" in schema:
        return example_of(schema["allOf"][0], whole, name, depth)
    return _made_up(schema, whole, name, depth)


def _given(schema: Json, name: str) -> list[Any]:
    """What the schema itself offers, at most one."""
    if "example" in schema:
        return [schema["example"]]
    if schema.get("examples"):
        return [schema["examples"][0]]
    if "const" in schema:
        return [schema["const"]]
    if "enum" in schema:
        return [schema["enum"][0]]
    known = _BY_NAME.get(name) if schema.get("type") == "string" else None
    return [known] if known and re.search(schema.get("pattern", ""), known) else []


def _of_choices(choices: list[Json], whole: Json, name: str, depth: int) -> Any:
    """The first that is something; nothing at all where it gets too deep."""
    something = [choice for choice in choices if choice.get("type") != "null"]
    nothing = len(something) < len(choices)
    if nothing and (depth >= _DEEPEST or (name in _BY_NAME and _BY_NAME[name] is None)):
        return None
    return example_of(something[0], whole, name, depth)


def _made_up(schema: Json, whole: Json, name: str, depth: int) -> Any:
    match schema.get("type"):
        case "object":
            return _object(schema, whole, depth)
        case "array":
            enough = depth >= _DEEPEST and not schema.get("minItems")
            return [] if enough else [example_of(schema.get("items", {}), whole, name.rstrip("s"), depth + 1)]
        case "integer" | "number" as kind:
            return _number(schema, kind, name)
        case "boolean":
            return schema.get("default", True)
        case "null":
            return None
        case _:
            return _BY_FORMAT.get(schema.get("format", ""), _text(schema, name))


def _object(schema: Json, whole: Json, depth: int) -> Json:
    properties = schema.get("properties", {})
    return {key: example_of(part, whole, key, depth + 1) for key, part in properties.items()}


def _number(schema: Json, kind: str, name: str) -> float:
    known = _NUMBER_BY_NAME.get(name)
    if known is not None and schema.get("minimum", known) <= known <= schema.get("maximum", known):
        return known
    low = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
    value = max(low, min(1, schema.get("maximum", 1)))
    return int(value) if kind == "integer" else float(value)


def _text(schema: Json, name: str) -> str:
    text = str(schema.get("default") or name or "text")
    shortest, longest = int(schema.get("minLength", 0)), int(schema.get("maxLength", 200))
    return (text * (1 + shortest // len(text)))[:longest]
