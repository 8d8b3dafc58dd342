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
        try:
            await _send_spans(request, opened, start, count)
        except OSError as error:
            # the status is already out: a cut connection is the only way left to say that the body is not whole
            if request.transport is not None:
                request.transport.abort()
            raise ConnectionResetError("The object could not be sent whole") from error
    await response.write_eof()
    return response


async def _send_spans(request: web.BaseRequest, opened: OpenObject, start: int, count: int) -> None:
    for path, offset, length in opened.spans(start, count):
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("The client has gone")
        with path.open("rb") as file:
            sent = await asyncio.get_running_loop().sendfile(transport, file, offset, length)
        if sent != length:
            raise OSError(f"{path.name} ended {length - sent} bytes early")
