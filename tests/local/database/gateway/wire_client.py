"""A client without a driver's care, for what a driver would not do."""

from __future__ import annotations

import socket
import struct
from types import TracebackType
from typing import Any

import bson

_HEADER = struct.Struct("<iiii")


class WireClient:
    """One connection; commands go out as they are. Use as a context manager."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=30)
        self._stream = self.socket.makefile("rb")

    def send(self, command: dict[str, Any], *, flags: int = 0, tail: bytes = b"") -> None:
        body = struct.pack("<IB", flags, 0) + bson.encode(command) + tail
        self.socket.sendall(_HEADER.pack(_HEADER.size + len(body), 7, 0, 2013) + body)

    def receive(self) -> dict[str, Any]:
        length, _, answers, opcode = _HEADER.unpack(self._stream.read(_HEADER.size))
        assert (answers, opcode) == (7, 2013)
        return bson.decode(self._stream.read(length - _HEADER.size)[5:])

    def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        self.send(command)
        return self.receive()

    def __enter__(self) -> WireClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self.socket.close()
