"""The edge server: behaviour by path, then origin, then the answer's headers.

It keeps no cache: its origins are on the same machine, and a stale copy would hide what an origin says. Nor does
it speak TLS, so a behaviour's redirect to HTTPS is not made.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from aiohttp import web
from multidict import CIMultiDict

from local.edge.behaviours import Behaviour, Origin, Site
from local.edge.guard import guard
from local.edge.objects import BucketOrigin, Finish, Refusal
from local.edge.outside import from_outside
from local.edge.policies import apply_policy, preflight
from local.gateway import HttpApiServer
from local.secrets import with_references


class Edge:
    """Answers for one distribution.

    `read_secret(reference)` gives what a dynamic reference (`arn:SecretString:key:…`) stands for. `here` maps
    addresses in policies that lead to AWS to their place on this machine.
    """

    def __init__(
        self,
        site: Site,
        *,
        objects: BucketOrigin,
        apis: Mapping[str, HttpApiServer],
        read_secret: Callable[[str], str],
        here: Mapping[str, str],
    ) -> None:
        self._site = site
        self._objects = objects
        self._apis = apis
        self._read_secret = read_secret
        self._here = here

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Never raises for what a client asks."""
        path = request.rel_url.raw_path
        behaviour = self._site.behaviour(path)
        finish = self._finisher(request, behaviour)
        if request.method not in behaviour.methods:
            return _error(Refusal(403, "MethodNotAllowed"), finish)
        passed = guard(request, behaviour)
        if isinstance(passed, web.Response):
            finish(passed.headers)
            return passed
        if behaviour.origin.kind == "outside":
            return await from_outside(request, behaviour.origin, passed.path, finish)
        if passed.path != path:
            return _error(Refusal(503, "FunctionChangedPath"), finish)  # which only servers elsewhere are asked by
        if behaviour.origin.kind == "api":
            return await self._from_api(request, behaviour.origin, passed.headers, finish)
        return await self._from_bucket(request, path, behaviour, finish)

    def _finisher(self, request: web.Request, behaviour: Behaviour) -> Finish:
        def finish(headers: CIMultiDict[str]) -> None:
            headers["X-Amz-Cf-Id"] = uuid.uuid4().hex
            if behaviour.response_headers is not None:
                apply_policy(headers, behaviour.response_headers, request.headers.get("Origin"))
            security = headers.get("Content-Security-Policy")
            for there, here in self._here.items() if security else ():
                security = (security or "").replace(there, here)
                headers["Content-Security-Policy"] = security

        return finish

    async def _from_api(
        self, request: web.Request, origin: Origin, passed: Mapping[str, str], finish: Finish
    ) -> web.StreamResponse:
        own = {name.lower(): with_references(value, self._read_secret) for name, value in origin.headers.items()}
        given = {**passed, **own}
        forwarded = [*request.headers.getall("X-Forwarded-For", []), request.remote or "127.0.0.1"]
        given["x-forwarded-for"] = ", ".join(forwarded)
        response = await self._apis[origin.target].handle(request, given)
        finish(response.headers)
        return response

    async def _from_bucket(
        self, request: web.Request, path: str, behaviour: Behaviour, finish: Finish
    ) -> web.StreamResponse:
        if request.method == "OPTIONS":
            return _preflight(request, behaviour, finish)
        if request.method not in {"GET", "HEAD"}:
            return _error(Refusal(403, "AccessDenied"), finish)  # origin access control lets the edge only read
        key = unquote(behaviour.origin.path + path).lstrip("/")
        if path == "/" and self._site.root_object:
            key = f"{behaviour.origin.path.strip('/')}/{self._site.root_object}".lstrip("/")
        sent = await self._objects.send(
            request, behaviour.origin.target, key, may_compress=behaviour.compress, finish=finish
        )
        return await self._page_for(request, sent, finish) if isinstance(sent, Refusal) else sent

    async def _page_for(self, request: web.Request, refusal: Refusal, finish: Finish) -> web.StreamResponse:
        """The distribution's own page for an error, where it has one."""
        custom = self._site.errors.get(refusal.status)
        if custom is None:
            return _error(refusal, finish)
        if custom.page is not None:
            behaviour = self._site.behaviour(custom.page)
            sent = await self._objects.send(
                request,
                behaviour.origin.target,
                custom.page.lstrip("/"),
                may_compress=behaviour.compress,
                finish=finish,
                status=custom.status,
            )
            if not isinstance(sent, Refusal):
                return sent
        return _error(Refusal(custom.status, refusal.code), finish)


def _preflight(request: web.Request, behaviour: Behaviour, finish: Finish) -> web.Response:
    headers = preflight(behaviour.response_headers, request.headers)
    if headers is None:
        return _error(Refusal(403, "AccessForbidden"), finish)
    response = web.Response(status=200, headers=headers)
    finish(response.headers)
    return response


def _error(refusal: Refusal, finish: Finish) -> web.Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{refusal.code}</Code></Error>'
    response = web.Response(status=refusal.status, text=body, content_type="application/xml")
    finish(response.headers)
    return response
