"""One OpenAPI 3.1 document from the schemas of all functions that routes lead to."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from infra.routes import PREFIX, ROUTES
from tools.openapi.components import PROBLEM_RESPONSES, RESPONSE_HEADERS, SECURITY_SCHEMES, TAGS
from tools.openapi.examples import with_examples
from tools.openapi.operations import described
from tools.openapi.problems import field_error_schema, problem_schema, read_problems

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "docs" / "openapi.json"
# Where functions find their packages in Lambda.
IMPORT_ROOTS = (ROOT / "layers" / "marquee" / "python", ROOT / "functions")

Json = dict[str, Any]

DESCRIPTION = """\
Films go in by presigned multipart uploads, come out as adaptive streams; this API is about everything between.

Errors are problems (RFC 9457); their `code` is for programs, and [each is explained](/api/v1/docs#problems).
Lists come in pages: pass `next_cursor` as `cursor` until it is null. What is read has an ETag. Every answer
carries the `X-Request-Id` that was sent, or a new one. Times are UTC (RFC 3339), sizes bytes, durations seconds.
"""


class AmbiguousName(Exception):
    """Two functions mean different things by one name."""


def document() -> Json:
    """The document; the same bytes for the same handlers."""
    paths: Json = {}
    schemas: Json = {"ProblemDetails": problem_schema(), "FieldError": field_error_schema()}
    for function, api in _apis():
        made = json.loads(api.get_openapi_json_schema(title=function, version="1"))
        routes = {(route.openapi_path, route.method.lower()): route for route in api._static_routes}
        routes |= {(route.openapi_path, route.method.lower()): route for route in api._dynamic_routes}
        for path, method in _of_table(function):
            operation = made["paths"][path][method]
            paths.setdefault(path, {})[method] = described(path, method, operation, routes[path, method])
        _merge(schemas, made.get("components", {}).get("schemas", {}))
    whole = {
        "openapi": "3.1.0",
        "info": {"title": "Marquee", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": "/", "description": "The site's own address"}],
        "tags": TAGS,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": PROBLEM_RESPONSES,
            "headers": RESPONSE_HEADERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
        "x-problems": read_problems(),
    }
    _check_names(whole)
    return with_examples(_without_unused(whole))


def written(made: Json) -> str:
    return json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _apis() -> Iterator[tuple[str, Any]]:
    for root in IMPORT_ROOTS:
        if str(root) not in sys.path:
            sys.path.insert(0, str(root))
    for function in sorted({route.function for route in ROUTES}):
        yield function, import_module(f"{function}.handler").api


def _of_table(function: str) -> list[tuple[str, str]]:
    """Path and method of each route that leads to a function."""
    return [(PREFIX + route.path, route.method.lower()) for route in ROUTES if route.function == function]


def _merge(schemas: Json, more: Json) -> None:
    for name, schema in more.items():
        if schemas.setdefault(name, schema) != schema:
            raise AmbiguousName(f"two models are called {name}")


def _check_names(whole: Json) -> None:
    """No two operations are called the same."""
    names = [operation["operationId"] for operations in whole["paths"].values() for operation in operations.values()]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise AmbiguousName(f"several operations are called {sorted(twice)}")


def _without_unused(whole: Json) -> Json:
    """Powertools' own error schemas are nobody's answers here."""
    schemas = whole["components"]["schemas"]
    while True:
        text = json.dumps(whole)
        unused = [name for name in schemas if f'"#/components/schemas/{name}"' not in text]
        if not unused:
            return whole
        for name in unused:
            del schemas[name]
