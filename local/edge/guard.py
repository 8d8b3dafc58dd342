"""What stands before a behaviour's origin: signatures, then the function on the viewer's request."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from local.edge.behaviours import Behaviour
from local.edge.functions import EdgeFunction, FunctionError
from local.edge.signed import DeniedError, TrustedKeys, ViewerRequest

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Passed:
    """What goes on to the origin: headers that the function has set, and the path, which it may have changed."""

    headers: Mapping[str, str]
    path: str


def guard(request: web.Request, behaviour: Behaviour) -> web.Response | Passed:
    """The answer to a request that goes no further, or what does go on."""
    if behaviour.trusted is not None:
        denied = _check(request, behaviour.trusted)
        if denied is not None:
            return denied
    if behaviour.on_request is None:
        return Passed({}, request.rel_url.raw_path)
    return _run(request, behaviour.on_request)


def _check(request: web.Request, trusted: TrustedKeys) -> web.Response | None:
    # CloudFront is asked over https; TLS is what this edge leaves out.
    url = f"https://{_host(request)}{request.rel_url.raw_path_qs}"
    seen = ViewerRequest(url, dict(_cookies(request)), request.remote or "127.0.0.1", int(time.time()))
    try:
        trusted.check(seen)
    except DeniedError as error:
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{error.code}</Code><Message>{error}</Message></Error>'
        )
        return web.Response(status=403, text=body, content_type="text/xml")
    return None


def _host(request: web.Request) -> str:
    """The one name of this machine's site: policies are for an address, and people also type `localhost`."""
    name, colon, port = request.host.partition(":")
    return f"{'127.0.0.1' if name == 'localhost' else name}{colon}{port}"


def _cookies(request: web.Request) -> Iterator[tuple[str, str]]:
    for header in request.headers.getall("Cookie", []):
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            yield name, value


def _run(request: web.Request, function: EdgeFunction) -> web.Response | Passed:
    event = _event(request)
    sent = event["request"]
    try:
        answer = function.run(event)
    except FunctionError as error:
        logger.warning("edge function %s", error)
        return web.Response(status=503, text="The CloudFront function returned an invalid value or raised.")
    if "statusCode" in answer:
        return _response(answer)
    headers = answer.get("headers", {})
    may_differ = {"headers": {}, "uri": ""}
    if {**answer, **may_differ} != {**sent, **may_differ} or sent["headers"].keys() - headers.keys():
        logger.warning(
            "edge function %s changed more than path and headers, which the local edge cannot follow", function.name
        )
        return web.Response(status=503, text="The CloudFront function changed the request.")
    changed = {name: field["value"] for name, field in headers.items() if field != sent["headers"].get(name)}
    return Passed(changed, answer["uri"])


def _response(answer: Mapping[str, Any]) -> web.Response:
    body = answer.get("body", "")
    return web.Response(
        status=answer["statusCode"],
        reason=answer.get("statusDescription"),
        headers={name: field["value"] for name, field in answer.get("headers", {}).items()},
        body=(body if isinstance(body, str) else body["data"]).encode(),
    )


def _event(request: web.Request) -> dict[str, Any]:
    """Event version 1.0. `uri` is the path as it was sent."""
    raw_query = [pair.partition("=") for pair in request.rel_url.raw_query_string.split("&") if pair]
    query = ((unquote(name), unquote(value)) for name, _, value in raw_query)
    headers = ((name.lower(), value) for name, value in request.headers.items() if name.lower() != "cookie")
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request", "requestId": request.headers.get("X-Request-Id", "")},
        "viewer": {"ip": request.remote or "127.0.0.1"},
        "request": {
            "method": request.method,
            "uri": request.rel_url.raw_path,
            "querystring": _fields(query),
            "headers": _fields(headers),
            "cookies": _fields(_cookies(request)),
        },
    }


def _fields(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`value` is the last of a name that comes again, and `multiValue` has them all."""
    values: dict[str, list[dict[str, str]]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append({"value": value})
    return {
        name: all_of_it[0] if len(all_of_it) == 1 else {**all_of_it[-1], "multiValue": all_of_it}
        for name, all_of_it in values.items()
    }
