"""The MongoDB wire protocol: messages from and to a stream. Knows bytes, no commands.

Shapes: https://github.com/mongodb/specifications (OP_MSG, and OP_QUERY for a driver's first hello).
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

MAX_MESSAGE_BYTES = 48_000_000
MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
_OP_REPLY, _OP_QUERY, _OP_COMPRESSED, _OP_MSG = 1, 2004, 2012, 2013
_CHECKSUM_PRESENT, _MORE_TO_COME = 1, 2
_KNOWN_REQUIRED_FLAGS = _CHECKSUM_PRESENT | _MORE_TO_COME
_REQUIRED_FLAGS = 0xFFFF  # a receiver must refuse those of them that it does not know

_HEADER = struct.Struct("<iiii")
_LENGTH = struct.Struct("<i")
_FLAGS = struct.Struct("<I")
_REPLY_FIELDS = struct.Struct("<iqii")
_request_ids = itertools.count(1)


class ProtocolError(Exception):
    """The peer sent what is no message we know: the connection cannot go on."""


@dataclass(slots=True)
class Request:
    """One command: `body` is its BSON document; `sequences` holds BSON documents end to end by argument."""

    request_id: int
    body: bytes
    sequences: dict[str, bytes] = field(default_factory=dict)
    wants_reply: bool = True
    legacy_database: str | None = None  # set for OP_QUERY, which is answered by OP_REPLY


def read_request(stream: BinaryIO, claim: Callable[[int], None] = lambda size: None) -> Request | None:
    """The next request, or None at the stream's end. `claim` is told a message's size before it is read."""
    head = stream.read(_HEADER.size)
    if not head:
        return None
    if len(head) < _HEADER.size:
        raise ProtocolError("the stream ended inside a message header")
    length, request_id, _, opcode = _HEADER.unpack(head)
    if not _HEADER.size < length <= MAX_MESSAGE_BYTES:
        raise ProtocolError(f"a message of {length} bytes")
    claim(length)
    payload = stream.read(length - _HEADER.size)
    if len(payload) < length - _HEADER.size:
        raise ProtocolError("the stream ended inside a message")
    try:
        if opcode == _OP_MSG:
            return _parse_message(request_id, payload)
        if opcode == _OP_QUERY:
            return _parse_query(request_id, payload)
    except (struct.error, ValueError, IndexError) as error:
        raise ProtocolError(f"a malformed message: {error}") from error
    name = "OP_COMPRESSED, which was not offered" if opcode == _OP_COMPRESSED else str(opcode)
    raise ProtocolError(f"opcode {name}")


def _parse_message(request_id: int, payload: bytes) -> Request:
    (flags,) = _FLAGS.unpack_from(payload)
    if flags & _REQUIRED_FLAGS & ~_KNOWN_REQUIRED_FLAGS:
        raise ProtocolError(f"flags {flags:#x}")
    # the optional checksum guards against faults of a network; these bytes never leave the machine
    end = len(payload) - (4 if flags & _CHECKSUM_PRESENT else 0)
    body: bytes | None = None
    sequences: dict[str, bytes] = {}
    at = _FLAGS.size
    while at < end:
        kind = payload[at]
        size = _size_at(payload, at + 1, end)
        section = payload[at + 1 : at + 1 + size]
        if kind == 0 and body is None:
            body = section
        elif kind == 1:
            stop = section.index(b"\0", 4)
            sequences[section[4:stop].decode()] = section[stop + 1 :]
        else:
            raise ProtocolError(f"a section of kind {kind}")
        at += 1 + size
    if body is None:
        raise ProtocolError("a message without a body")
    return Request(request_id, body, sequences, wants_reply=not flags & _MORE_TO_COME)


def _size_at(payload: bytes, at: int, end: int) -> int:
    (size,) = _LENGTH.unpack_from(payload, at)
    if size < 5 or at + size > end:
        raise ProtocolError(f"a section of {size} bytes")
    return int(size)


def _parse_query(request_id: int, payload: bytes) -> Request:
    stop = payload.index(b"\0", 4)
    namespace = payload[4:stop].decode()
    body = payload[stop + 9 :]  # after the numbers to skip and to return
    return Request(request_id, body, legacy_database=namespace.split(".", 1)[0])


def encode_reply(request: Request, document: bytes) -> bytes:
    """The message that answers a request with a BSON document."""
    response_id = next(_request_ids) & 0x7FFFFFFF
    if request.legacy_database is not None:
        size = _HEADER.size + _REPLY_FIELDS.size + len(document)
        head = _HEADER.pack(size, response_id, request.request_id, _OP_REPLY)
        return head + _REPLY_FIELDS.pack(8, 0, 0, 1) + document
    size = _HEADER.size + _FLAGS.size + 1 + len(document)
    head = _HEADER.pack(size, response_id, request.request_id, _OP_MSG)
    return b"".join((head, b"\0\0\0\0\0", document))
