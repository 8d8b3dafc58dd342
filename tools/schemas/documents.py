"""JSON Schemas of all messages, made of the models that read and write them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Json = dict[str, Any]


def documents() -> dict[str, Json]:
    """File names and their schemas: `video.transcode.v1.json`. Unknown fields are allowed everywhere."""
    sys.path.insert(0, str(ROOT / "layers" / "marquee" / "python"))
    messages, events = import_module("marquee.domain.messages"), import_module("marquee.domain.events")
    facts = {messages.schema_of(name): events.DATA_OF[name] for name in events.WEBHOOK_TYPES}
    # A test of an endpoint is no fact of a film, and goes to that endpoint alone.
    del facts[messages.schema_of("webhook.test")]
    known: Mapping[str, Any] = {**messages.SCHEMAS, **facts}
    return {file_name(schema): _document(schema, messages.whole_message(schema, known[schema])) for schema in known}


def file_name(schema: str) -> str:
    name, _, version = schema.rpartition("/")
    return f"{name}.v{version}.json"


def written(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write_all() -> None:
    """Files of schemas that are gone are removed."""
    FOLDER.mkdir(exist_ok=True)
    made = documents()
    for path in FOLDER.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, document in made.items():
        (FOLDER / name).write_text(written(document))


def _document(schema: str, model: Any) -> Json:
    made = _without_titles(model.model_json_schema(by_alias=True))
    own = made.pop("properties")
    # what a message says of itself comes first
    first = {name: own.pop(name) for name in ("schema", "id", "time")}
    required = ["schema", *(name for name in made.pop("required") if name != "schema")]
    description = " ".join(made.pop("description").split())
    head = {"$schema": DIALECT, "$id": f"urn:marquee:{schema.replace('/', ':')}", "title": schema}
    return {**head, "description": description, "type": "object", "properties": first | own, "required": required} | {
        name: value for name, value in made.items() if name != "type"
    }


def _without_titles(value: Any) -> Any:
    """Titles only say a name again."""
    if isinstance(value, list):
        return [_without_titles(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _without_titles(item) for key, item in value.items() if not (key == "title" and isinstance(item, str))}
