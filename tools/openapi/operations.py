"""One operation, told as its handler behaves: what it says is read from its own code."""

from __future__ import annotations

import ast
import inspect
import textwrap
from http import HTTPStatus
from typing import Any

from tools.openapi.components import COMMON_HEADERS, problem_response

Json = dict[str, Any]

# Which status a helper of `marquee.entry.http.Api` answers with.
_STATUS_OF_HELPER = {
    "ok": HTTPStatus.OK,
    "text": HTTPStatus.OK,
    "created": HTTPStatus.CREATED,
    "accepted": HTTPStatus.ACCEPTED,
    "no_content": HTTPStatus.NO_CONTENT,
    "unavailable_if": HTTPStatus.OK,
}
_HEADER_STRING: Json = {"in": "header", "required": False, "schema": {"type": "string"}}
_IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "description": "ETags that the caller has already; 304 when what is there is one of them.",
    **_HEADER_STRING,
}
_IF_MATCH: Json = {
    "name": "If-Match",
    "description": "The ETag of the version that is meant; 412 when it is no longer that one.",
    **_HEADER_STRING,
}


class Undescribed(Exception):
    """A handler that does not say what it does."""


def described(path: str, method: str, operation: Json, route: Any) -> Json:
    """`operation` as Powertools tells it, with what only the handler's code and decorator know."""
    code = _Code(route.func)
    if not route.func.__doc__:
        raise Undescribed(f"{method.upper()} {path}: the handler {route.func.__name__} needs a docstring")
    names = {_name_of(middleware) for middleware in route.middlewares}
    secured = bool(names)
    parameters = [_sendable(parameter) for parameter in operation.get("parameters", ())]
    parameters += _condition_parameters(method, code)
    made = {
        "operationId": route.func.__name__,
        "summary": route.func.__name__.replace("_", " ").capitalize(),
        "description": inspect.cleandoc(route.func.__doc__),
        "tags": [_tag(path)],
        "parameters": parameters,
        "responses": {
            **{
                str(status.value): problem_response(status)
                for status in _problems(path, method, operation, code, secured)
            },
            **_successes(method, operation, code, route),
        },
        **({"requestBody": operation["requestBody"]} if "requestBody" in operation else {}),
        **({"security": [{"token": []}]} if secured else {}),
    }
    return {key: value for key, value in made.items() if value != []}


def _sendable(parameter: Json) -> Json:
    """An address can leave a parameter out, and not say `null`; header names as people write them."""
    choices = [choice for choice in parameter["schema"].get("anyOf", ()) if choice.get("type") != "null"]
    schema = {key: value for key, value in parameter["schema"].items() if key not in {"anyOf", "title"}}
    if len(choices) > 1:
        schema["anyOf"] = choices
    elif choices:
        schema |= choices[0]
    name = parameter["name"].title() if parameter["in"] == "header" else parameter["name"]
    return {**parameter, "name": name, "schema": schema}


class _Code:
    """What a handler's source calls on its `api`."""

    def __init__(self, function: Any) -> None:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
        self.names = {n.attr for n in nodes if isinstance(n.value, ast.Name) and n.value.id == "api"}

    @property
    def status(self) -> HTTPStatus:
        found = {_STATUS_OF_HELPER[name] for name in self.names if name in _STATUS_OF_HELPER}
        return found.pop() if len(found) == 1 else HTTPStatus.OK


def _name_of(middleware: Any) -> str:
    return str(getattr(middleware, "__name__", type(middleware).__name__))


def _tag(path: str) -> str:
    first = path.removeprefix("/api/v1/").split("/")[0]
    return "reference" if first in {"docs", "openapi.json"} else first


def _condition_parameters(method: str, code: _Code) -> list[Json]:
    if method == "get" and not code.names & {"unavailable_if"}:
        return [_IF_NONE_MATCH]
    return [_IF_MATCH] if "if_match" in code.names else []


def _problems(path: str, method: str, operation: Json, code: _Code, secured: bool) -> list[HTTPStatus]:
    """The statuses of what can be wrong with a request of this form."""
    body = "requestBody" in operation
    asked = bool(operation.get("parameters")) or body
    applies = {
        HTTPStatus.BAD_REQUEST: body,
        HTTPStatus.UNAUTHORIZED: secured,
        HTTPStatus.FORBIDDEN: True,  # also what comes past the distribution, and addresses that are blocked
        HTTPStatus.NOT_FOUND: "{" in path or body,
        HTTPStatus.CONFLICT: method != "get",
        HTTPStatus.PRECONDITION_FAILED: "if_match" in code.names,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: body,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE: body,
        HTTPStatus.UNPROCESSABLE_ENTITY: asked,
        HTTPStatus.TOO_MANY_REQUESTS: True,
        HTTPStatus.INTERNAL_SERVER_ERROR: True,
        HTTPStatus.SERVICE_UNAVAILABLE: "unavailable_if" not in code.names,
    }
    return [status for status, is_possible in applies.items() if is_possible]


def _successes(method: str, operation: Json, code: _Code, route: Any) -> Json:
    declared = operation["responses"].get("200", {})
    content = declared.get("content", {})
    status = code.status
    headers = dict(COMMON_HEADERS)
    conditional = method == "get" and "unavailable_if" not in code.names
    if conditional or ("ok" in code.names and "if_match" in code.names):
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    if any(parameter["name"].lower() == "idempotency-key" for parameter in operation.get("parameters", ())):
        headers["Idempotency-Replayed"] = {"$ref": "#/components/headers/IdempotencyReplayed"}
    answer: Json = {"description": HTTPStatus(status).phrase, "headers": headers}
    if status is not HTTPStatus.NO_CONTENT:
        answer["content"] = {"text/plain": {"schema": {"type": "string"}}} if _is_bare_text(code, route) else content
    made: Json = {str(status.value): answer}
    if conditional:
        made["304"] = {"description": "The caller has it already.", "headers": headers}
    if "unavailable_if" in code.names:
        made["503"] = {**answer, "description": "The same, when it cannot serve."}
    return made


def _is_bare_text(code: _Code, route: Any) -> bool:
    return "text" in code.names and not route.responses
