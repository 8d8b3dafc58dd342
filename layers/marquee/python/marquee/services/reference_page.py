"""The API's description as a page to read: one HTML text without scripts, its only style its own."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any, Self

from marquee.services.reference_style import STYLE

Json = dict[str, Any]

_INLINE = re.compile(r"`([^`]+)`|\[([^\]]+)\]\((/[^)\s]*)\)")


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """`policy`: the Content-Security-Policy that lets a browser show `html` and nothing besides."""

    html: str
    policy: str

    @classmethod
    def of(cls, document: Json) -> Self:
        digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"
        return cls(_page(document), policy)


def _page(document: Json) -> str:
    title = escape(f"{document['info']['title']} API")
    used = [tag for tag in document["tags"] if any(_operations(document, tag["name"]))]
    links = [(tag["name"], tag["name"]) for tag in used] + [("problems", "problems"), ("schemas", "schemas")]
    nav = "".join(f'<a href="#{escape(anchor)}">{escape(name)}</a>' for anchor, name in links)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f"<header><h1>{title}</h1>{_prose(document['info']['description'])}"
        f'<p><a href="/api/v1/openapi.json">OpenAPI 3.1 document</a></p><nav>{nav}</nav></header><main>'
        + "".join(_section(document, tag) for tag in used)
        + _problems(document["x-problems"])
        + _schemas(document["components"]["schemas"])
        + "</main></body></html>"
    )


def _operations(document: Json, tag: str) -> Iterable[tuple[str, str, Json]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if tag in operation["tags"]:
                yield path, method.upper(), operation


def _section(document: Json, tag: Json) -> str:
    shown = "".join(_operation(document, *found) for found in _operations(document, tag["name"]))
    name = escape(tag["name"])
    return f'<section id="{name}"><h2>{name}</h2>{_prose(tag["description"])}{shown}</section>'


def _operation(document: Json, path: str, method: str, operation: Json) -> str:
    who = '<span class="who">token</span>' if operation.get("security") else ""
    body = _body("Body", operation.get("requestBody", {}))
    return (
        f'<details id="{escape(operation["operationId"])}"><summary><b class="{method.lower()}">{method}</b> '
        f"<code>{escape(path)}</code> {who}<i>{escape(operation['summary'])}</i></summary>"
        f"{_prose(operation['description'])}{_parameters(operation.get('parameters', ()))}{body}"
        f"{_responses(document, operation['responses'])}</details>"
    )


def _parameters(parameters: Iterable[Json]) -> str:
    rows = [
        (f"<code>{escape(p['name'])}</code>", p["in"] + ("" if p.get("required") else ", optional"), _kind(p["schema"]),
         _inline(p.get("description", "")))
        for p in parameters
    ]  # fmt: skip
    return _table(("parameter", "in", "type", ""), rows)


def _responses(document: Json, responses: Json) -> str:
    rows, bodies = [], ""
    for status, response in responses.items():
        if "$ref" in response:
            response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
        elif status < "300":
            bodies += _body(f"Answer {status}", response)
        rows.append((f"<code>{status}</code>", _inline(response["description"])))
    return bodies + _table(("status", ""), rows)


def _body(title: str, body: Json) -> str:
    shown = ""
    for media_type, media in body.get("content", {}).items():
        name = _kind(media["schema"]) if "schema" in media else ""
        example = json.dumps(media["example"], indent=2, ensure_ascii=False) if "example" in media else ""
        code = f"<pre>{escape(example)}</pre>" if example else ""
        shown += f"<h3>{escape(title)} <small>{escape(media_type)} {name}</small></h3>{code}"
    return shown


def _problems(problems: Iterable[Json]) -> str:
    rows = [
        (f'<code id="{escape(p["code"])}">{escape(p["code"])}</code>', escape(p["status"]), _inline(p["meaning"]))
        for p in problems
    ]
    return f'<section id="problems"><h2>problems</h2>{_table(("code", "status", "meaning"), rows)}</section>'


def _schemas(schemas: Json) -> str:
    shown = "".join(_schema(name, schema) for name, schema in sorted(schemas.items()))
    return f'<section id="schemas"><h2>schemas</h2>{shown}</section>'


def _schema(name: str, schema: Json) -> str:
    required = set(schema.get("required", ()))
    rows = [
        (f"<code>{escape(key)}</code>", _kind(part) + ("" if key in required else ", optional"),
         _inline(part.get("description", "")))
        for key, part in schema.get("properties", {}).items()
    ]  # fmt: skip
    about = _prose(schema.get("description", ""))
    shown, fields = escape(name), _table(("field", "type", ""), rows)
    return f'<details id="schema-{shown}"><summary><code>{shown}</code></summary>{about}{fields}</details>'


def _kind(schema: Json) -> str:
    """A type in words, with a link where it has a name."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}">{name}</a>'
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(_kind(choice) for choice in schema[key])
    if "enum" in schema:
        return " | ".join(escape(json.dumps(value)) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return escape(str(schema.get("format") or schema.get("type") or "anything"))


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    return f"<table><tr>{head}</tr>{body}</table>" if body else ""


def _prose(text: str) -> str:
    return "".join(f"<p>{_inline(part)}</p>" for part in text.strip().split("\n\n") if part)


def _inline(text: str) -> str:
    """Code and links of Markdown; everything else as it is."""
    shown, last = "", 0
    for match in _INLINE.finditer(text):
        code, label, target = match.groups()
        shown += escape(text[last : match.start()])
        shown += f"<code>{escape(code)}</code>" if code else f'<a href="{escape(target)}">{escape(label)}</a>'
        last = match.end()
    return shown + escape(text[last:])
