"""How the local TMDB can be sick: told by a header of one request, or for all by `PUT /faults`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal, get_args

from aiohttp import web

Mode = Literal["429", "500", "garbage", "shape", "hang", "drip", "401"]
MODES: tuple[str, ...] = get_args(Mode)

HEADER = "X-Fault"
RETRY_AFTER_HEADER = "X-Fault-Retry-After"
_LONG_SECONDS = 3600


@dataclass
class Faults:
    """What ails the server now. `retry_after`: seconds it asks for with 429."""

    mode: str | None = None
    retry_after: int = 1

    def of(self, request: web.Request) -> tuple[str | None, int]:
        mode = request.headers.get(HEADER, self.mode)
        return mode, int(request.headers.get(RETRY_AFTER_HEADER, self.retry_after))


async def faulty(request: web.Request, mode: str, retry_after: int) -> web.StreamResponse:
    """The answer of a server with that fault; `hang` and `drip` have no end."""
    if mode == "429":
        return web.json_response(
            {"status_code": 25, "status_message": "Your request count is over the allowed limit.", "success": False},
            status=429,
            headers={"Retry-After": str(retry_after)},
        )
    if mode == "garbage":
        return web.Response(text="<html><h1>Welcome to the hotel's network</h1>", content_type="text/html")
    if mode == "shape":
        return web.json_response({"page": "one", "results": {"title": None}})
    if mode == "drip":
        return await _drip(request)
    if mode == "hang":
        await asyncio.sleep(_LONG_SECONDS)
    return web.json_response({"status_code": 11, "status_message": "Internal error.", "success": False}, status=500)


async def _drip(request: web.Request) -> web.StreamResponse:
    """A space every 50 ms: each keeps a naive client waiting for the next."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(_LONG_SECONDS * 20):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response
