"""API Gateway's HTTP API: routes and throttles from the template, payload format 2.0, its limits and its errors."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from local.authorizer import ForbiddenError, TokenCheck, UnauthorizedError, context_of
from local.functions.outcome import Outcome, RequestTooLargeError, TooManyRequestsError, UnknownFunctionError
from local.functions.service import LambdaService
from local.model import HttpApi
from local.routes import Match, RouteTable, TokenBucket

MAX_BODY_BYTES = 10 * 1024 * 1024
_MAX_HEADER_BYTES = 10_240

# bodies of these types reach the function as text, all others as base64
_TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
_TEXT_SUFFIXES = ("+json", "+xml")


class HttpApiServer:
    """Answers requests for one API by calling its functions."""

    def __init__(self, api: HttpApi, functions: LambdaService, account: str, tokens: TokenCheck) -> None:
        self._api = api
        self._functions = functions
        self._account = account
        self._tokens = tokens
        self._routes = RouteTable(api.routes)
        self._bucket = TokenBucket(api.throttle) if api.throttle else None
        self._route_buckets = {key: TokenBucket(throttle) for key, throttle in api.route_throttles.items()}

    async def handle(self, request: web.Request, given: Mapping[str, str] | None = None) -> web.Response:
        """Never raises for what a client or a function does. `given` are headers set by a proxy, in lower case."""
        request_id = uuid.uuid4().hex[:16]
        response = await self._answer(request, request_id, given or {})
        response.headers["Apigw-Requestid"] = request_id
        return response

    async def _answer(self, request: web.Request, request_id: str, given: Mapping[str, str]) -> web.Response:
        match = self._routes.find(request.method, request.rel_url.raw_path)
        if match is None:
            return _message(404, "Not Found")
        if not self._allowed(match.route.key):
            return _message(429, "Too Many Requests")
        if sum(len(k) + len(v) for k, v in request.headers.items()) > _MAX_HEADER_BYTES:
            return _message(431, "Request Header Fields Too Large")
        try:
            authorized = self._authorize(match, request.headers.get("Authorization", ""))
        except UnauthorizedError as error:
            return _unauthorized(str(error))
        except ForbiddenError:
            return _message(403, "Forbidden")
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _message(413, "Request Entity Too Large")
        event = build_event(request, match, body, request_id, self._api, self._account)
        event["headers"].update(given)
        event["requestContext"].update(authorized)
        return await self._call(match, json.dumps(event).encode())

    def _authorize(self, match: Match, header: str) -> dict[str, Any]:
        """What the function is told of the caller; nothing on a route that asks for no token."""
        route = match.route
        if route.authorizer is None:
            return {}
        claims = self._tokens.claims(route.authorizer, route.scopes, header)
        return {"authorizer": context_of(claims, route.scopes)}

    def _allowed(self, route_key: str) -> bool:
        bucket = self._route_buckets.get(route_key, self._bucket)
        return bucket is None or bucket.take()

    async def _call(self, match: Match, payload: bytes) -> web.Response:
        route = match.route
        try:
            async with asyncio.timeout(route.timeout_seconds):
                # base64 makes a body of 10 MB larger than Lambda's 6 MB: then it is the gateway that refuses
                outcome = await self._functions.invoke(route.function_arn, payload)
        except TimeoutError:
            return _message(503, "Service Unavailable")
        except (TooManyRequestsError, UnknownFunctionError):
            return _message(503, "Service Unavailable")
        except RequestTooLargeError:
            return _message(413, "Request Entity Too Large")
        return to_response(outcome)


def _message(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)


def _unauthorized(reason: str) -> web.Response:
    answer = _message(401, "Unauthorized")
    told = f' scope="" error="invalid_token" error_description="{reason}"' if reason else ""
    answer.headers["WWW-Authenticate"] = f"Bearer{told}"
    return answer


def build_event(
    request: web.Request, match: Match, body: bytes, request_id: str, api: HttpApi, account: str
) -> dict[str, Any]:
    """The function's event, payload format 2.0."""
    moment = datetime.fromtimestamp(time.time(), UTC)
    headers = _headers(request)
    path = unquote(request.rel_url.raw_path)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route.key,
        "rawPath": path,
        "rawQueryString": request.rel_url.raw_query_string,
        "headers": headers,
        "requestContext": {
            "accountId": account,
            "apiId": api.id,
            "domainName": headers.get("host", ""),
            "domainPrefix": headers.get("host", "").split(".", 1)[0],
            "http": {
                "method": request.method,
                "path": path,
                "protocol": f"HTTP/{request.version.major}.{request.version.minor}",
                "sourceIp": request.remote or "127.0.0.1",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": match.route.key,
            "stage": api.stage,
            "time": moment.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(moment.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }
    cookies = [part.strip() for value in request.headers.getall("Cookie", []) for part in value.split(";")]
    optional: Mapping[str, Any] = {
        "cookies": [cookie for cookie in cookies if cookie],
        "queryStringParameters": _joined(request.rel_url.query.items()),
        "pathParameters": dict(match.parameters),
        "stageVariables": dict(api.stage_variables),
    }
    event.update({key: value for key, value in optional.items() if value})
    if body:
        event.update(_body(body, headers.get("content-type", "")))
    return event


def _headers(request: web.Request) -> dict[str, str]:
    pairs = ((name.lower(), value) for name, value in request.headers.items() if name.lower() != "cookie")
    return _joined(pairs)


def _joined(pairs: Any) -> dict[str, str]:
    """Repeated names with their values joined by commas."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _body(body: bytes, content_type: str) -> dict[str, Any]:
    kind = content_type.split(";", 1)[0].strip().lower()
    if kind.startswith(_TEXT_TYPES) or kind.endswith(_TEXT_SUFFIXES):
        try:
            return {"body": body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def to_response(outcome: Outcome) -> web.Response:
    """A function's answer as HTTP. Without a statusCode, a JSON answer is the body of a 200."""
    if outcome.failed:
        return _message(500, "Internal Server Error")
    try:
        answer = json.loads(outcome.payload or b"null")
    except ValueError:
        return _message(500, "Internal Server Error")
    if not isinstance(answer, dict) or "statusCode" not in answer:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return web.Response(text=text, content_type="application/json")
    try:
        return _formatted(answer)
    except (ValueError, TypeError, binascii.Error):
        return _message(500, "Internal Server Error")


def _formatted(answer: Mapping[str, Any]) -> web.Response:
    content = answer.get("body") or ""
    if not isinstance(content, str):
        raise TypeError("body must be a string")
    encoded = answer.get("isBase64Encoded") is True
    body = base64.b64decode(content, validate=True) if encoded else content.encode()
    response = web.Response(status=int(answer["statusCode"]), body=body)
    for name, value in (answer.get("headers") or {}).items():
        if name.lower() != "content-length":
            response.headers[name] = str(value)
    for cookie in answer.get("cookies") or ():
        response.headers.add("Set-Cookie", str(cookie))
    if "Content-Type" not in (answer.get("headers") or {}) and not _names_type(answer):
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


def _names_type(answer: Mapping[str, Any]) -> bool:
    return any(name.lower() == "content-type" for name in answer.get("headers") or {})
