"""Answers from a server elsewhere, as an origin of the distribution."""

from __future__ import annotations

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from local.edge.behaviours import Origin
from local.edge.objects import Finish

_PATIENCE = aiohttp.ClientTimeout(total=10, connect=5)
# What an answer is; the rest (cookies, connection, the server's name) stays behind.
_KEPT = ("Content-Type", "Cache-Control", "ETag", "Last-Modified")
_MOST_BYTES = 32 * 1024 * 1024


async def from_outside(request: web.Request, origin: Origin, path: str, finish: Finish) -> web.StreamResponse:
    """The answer to GET `path`, read whole; nothing of the viewer's is sent there. 502 when there is none."""
    headers = CIMultiDict[str]()
    try:
        async with (
            aiohttp.ClientSession(timeout=_PATIENCE, trust_env=True) as session,
            session.get(f"{origin.target}{origin.path}{path}", headers=origin.headers, allow_redirects=False) as answer,
        ):
            body = await answer.content.read(_MOST_BYTES)
            status = answer.status
            headers.extend({name: answer.headers[name] for name in _KEPT if name in answer.headers})
    except (aiohttp.ClientError, TimeoutError):
        body, status = b"", 502
    finish(headers)
    # aiohttp leaves the body out of an answer to HEAD
    return web.Response(status=status, body=body, headers=headers)
