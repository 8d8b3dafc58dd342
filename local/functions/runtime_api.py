"""The Runtime API that `awslambdaric` talks to.

Every process gets a port of its own, so that a call is known to come from it: Lambda's sandbox has exactly one
runtime too.
"""

from __future__ import annotations

import socket
import time
from typing import Protocol

from aiohttp import web

from local.functions.outcome import MAX_RESPONSE_BYTES, Invocation

_PREFIX = "/2018-06-01/runtime"


class Sandbox(Protocol):
    """One process' side of the conversation."""

    arn: str

    async def next_invocation(self) -> tuple[Invocation, float] | None:
        """The next call and its deadline (Unix seconds); None when the process is to end."""

    def answer(self, request_id: str, body: bytes) -> None: ...

    def fail(self, request_id: str | None, body: bytes) -> None:
        """`request_id` None: it could not initialise."""


class RuntimeApi:
    """Listens on 127.0.0.1; `open` gives a sandbox its port."""

    def __init__(self) -> None:
        self._sandboxes: dict[int, Sandbox] = {}
        self._sites: dict[int, web.SockSite] = {}
        # a larger answer than Lambda passes on is still read, to be refused in Lambda's words
        app = web.Application(client_max_size=4 * MAX_RESPONSE_BYTES)
        app.router.add_get(f"{_PREFIX}/invocation/next", self._next)
        app.router.add_post(f"{_PREFIX}/invocation/{{id}}/response", self._response)
        app.router.add_post(f"{_PREFIX}/invocation/{{id}}/error", self._error)
        app.router.add_post(f"{_PREFIX}/init/error", self._error)
        self._runner = web.AppRunner(app, access_log=None, keepalive_timeout=3600, shutdown_timeout=0.1)

    async def start(self) -> None:
        await self._runner.setup()

    async def close(self) -> None:
        await self._runner.cleanup()

    async def open(self, sandbox: Sandbox) -> int:
        """Returns the port that the sandbox's process is to call."""
        listener = socket.create_server(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        self._sandboxes[port] = sandbox
        site = web.SockSite(self._runner, listener)
        self._sites[port] = site
        try:
            await site.start()
        except BaseException:  # also when the call that starts it is canceled half-way
            listener.close()
            await self.close_port(port)
            raise
        return port

    async def close_port(self, port: int) -> None:
        self._sandboxes.pop(port, None)
        site = self._sites.pop(port, None)
        if site is not None:
            await site.stop()

    def _caller(self, request: web.Request) -> Sandbox:
        transport = request.transport
        port = transport.get_extra_info("sockname")[1] if transport is not None else 0
        sandbox = self._sandboxes.get(port)
        if sandbox is None:
            raise web.HTTPGone
        return sandbox

    async def _next(self, request: web.Request) -> web.Response:
        sandbox = self._caller(request)
        work = await sandbox.next_invocation()
        if work is None:
            raise web.HTTPGone
        invocation, deadline = work
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": sandbox.arn,
            "Lambda-Runtime-Trace-Id": _trace(invocation),
        }
        return web.Response(body=invocation.payload, headers=headers, content_type="application/json")

    async def _response(self, request: web.Request) -> web.Response:
        self._caller(request).answer(request.match_info["id"], await request.read())
        return web.json_response({"status": "OK"}, status=202)

    async def _error(self, request: web.Request) -> web.Response:
        self._caller(request).fail(request.match_info.get("id"), await request.read())
        return web.json_response({"status": "OK"}, status=202)


def _trace(invocation: Invocation) -> str:
    tail = invocation.request_id.replace("-", "")[:24]
    return f"Root=1-{int(time.time()):08x}-{tail};Sampled=0"
