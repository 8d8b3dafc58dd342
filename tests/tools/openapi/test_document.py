"""The committed description is what the handlers say, and is right in itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from infra.routes import PREFIX, ROUTES
from tools.openapi.document import PATH, document, written

Json = dict[str, Any]


@pytest.fixture(scope="module")
def made() -> Json:
    return document()


def operations(made: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_committed_description_is_the_one_that_the_handlers_make(made: Json) -> None:
    assert PATH.read_text() == written(made), "run `make openapi`"


def test_every_route_is_described_once_and_nothing_else(made: Json) -> None:
    described = [(method.upper(), path) for path, method, _ in operations(made)]
    assert sorted(described) == sorted((route.method, PREFIX + route.path) for route in ROUTES)


def test_routes_that_ask_for_a_token_say_so(made: Json) -> None:
    secured = {(method.upper(), path) for path, method, operation in operations(made) if "security" in operation}
    assert secured == {(route.method, PREFIX + route.path) for route in ROUTES if route.access != "public"}


def test_every_operation_is_told_in_words_under_a_known_tag(made: Json) -> None:
    tags = {tag["name"] for tag in made["tags"]}
    for path, method, operation in operations(made):
        assert operation["description"].endswith("."), (method, path)
        assert set(operation["tags"]) <= tags, (method, path)


def test_every_error_is_a_problem(made: Json) -> None:
    for path, method, operation in operations(made):
        for status, response in operation["responses"].items():
            if status >= "400" and "unavailable" not in operation["description"] and "$ref" in response:
                shared = made["components"]["responses"][response["$ref"].rpartition("/")[2]]
                assert "application/problem+json" in shared["content"], (method, path, status)


def test_examples_are_what_their_schemas_accept(made: Json) -> None:
    components = {"components": made["components"]}
    for path, method, operation in operations(made):
        for body in (operation.get("requestBody", {}), *operation["responses"].values()):
            media = body.get("content", {}).get("application/json", {})
            if "example" in media:
                schema = {**components, **media["schema"]}
                errors = [str(e) for e in jsonschema_rs.Draft202012Validator(schema).iter_errors(media["example"])]
                assert errors == [], (method, path)


def test_a_model_has_one_meaning(made: Json) -> None:
    text = json.dumps(made)
    used = {name for name in made["components"]["schemas"] if f'"#/components/schemas/{name}"' in text}
    assert used == set(made["components"]["schemas"])
