"""Listening sockets: one handler a port, on 127.0.0.1 only."""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PortTakenError(Exception):
    """Another program listens on a port that we need; says which and what to do."""


async def listen(
    handler: Handler, port: int, *, purpose: str, client_max_size: int, **server_options: Any
) -> web.AppRunner:
    """Serves every method and path of 127.0.0.1:`port` through one handler.

    `client_max_size` bounds bodies that are read whole, in bytes. Raises PortTakenError.
    """

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except ConnectionError:
            # the client has gone while its answer was on the way: nothing is wrong here, and nobody to be told
            if request.transport is not None:
                request.transport.abort()
            return web.Response()

    app = web.Application(client_max_size=client_max_size)
    app.router.add_route("*", r"/{target:[\s\S]*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, **server_options)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError as error:
        await runner.cleanup()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(
                f"port {port} ({purpose}) is in use by another program: choose another base with --port"
            ) from error
        raise
    return runner
