"""Object bytes to a client by sendfile, piece after piece; nothing of the object passes through Python."""

import asyncio

from aiohttp import web

from local.s3.store import OpenObject


async def send_object(
    request: web.BaseRequest, response: web.StreamResponse, opened: OpenObject, start: int, count: int
) -> web.StreamResponse:
    """Answer with `count` bytes from `start`; `response` has its status and headers, Content-Length is set here.

    Also for other servers of this store (the edge): call it inside `with store.open(...)`.
    """
    response.content_length = count
    await response.prepare(request)
    if request.method != "HEAD":
        for path, offset, length in opened.spans(start, count):
            transport = request.transport
            if transport is None:
                raise ConnectionResetError("The client has gone")
            with path.open("rb") as file:
                await asyncio.get_running_loop().sendfile(transport, file, offset, length)
    await response.write_eof()
    return response
