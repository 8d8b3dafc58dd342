"""Asks a MongoDB server one command: for readiness, without a driver's threads and monitors."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping
from typing import Any

from bson import decode, encode

_SECONDS = 30.0


async def ask(port: int, command: Mapping[str, Any], host: str = "127.0.0.1") -> dict[str, Any]:
    """The reply to a command. Raises OSError, TimeoutError, or RuntimeError when the server says no."""
    async with asyncio.timeout(_SECONDS):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            body = b"\0\0\0\0\0" + encode({**command, "$db": "admin"})
            writer.write(struct.pack("<iiii", 16 + len(body), 1, 0, 2013) + body)
            (length,) = struct.unpack("<i", await reader.readexactly(4))
            message = await reader.readexactly(length - 4)
        finally:
            writer.close()
    reply: dict[str, Any] = decode(message[17:])
    if reply.get("ok") != 1:
        raise RuntimeError(str(reply.get("errmsg", reply)))
    return reply
