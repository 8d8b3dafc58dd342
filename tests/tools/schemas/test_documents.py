"""The published schemas are those of the code, and examples of every message are valid by them."""

from __future__ import annotations

import json

import jsonschema
import pytest
from marquee.domain.messages import SCHEMAS

from tests.layers.domain.golden_messages import GOLDEN, golden
from tools.schemas.documents import FOLDER, documents, file_name, written

DOCUMENTS = documents()


def test_the_written_schemas_are_those_of_the_code() -> None:
    """`make schemas` writes them anew."""
    there = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    assert there == {name: written(document) for name, document in DOCUMENTS.items()}


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_schema_is_one_and_lets_newer_fields_pass(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(DOCUMENTS[name])
    assert "additionalProperties" not in json.dumps(DOCUMENTS[name])


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_golden_messages_are_valid(path: object) -> None:
    message = golden(path)
    schema = message.get("schema")
    if schema in SCHEMAS:
        jsonschema.validate(message, DOCUMENTS[file_name(schema)])
