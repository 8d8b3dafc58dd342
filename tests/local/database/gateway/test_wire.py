"""Messages as bytes."""

from __future__ import annotations

import contextlib
import io
import struct

import bson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.database.gateway.errors import code_of, unpack_code
from local.database.gateway.wire import ProtocolError, Request, encode_reply, read_request

BODY = bson.encode({"insert": "things", "$db": "test"})


def message(sections: bytes, *, flags: int = 0, tail: bytes = b"") -> io.BytesIO:
    payload = struct.pack("<I", flags) + sections + tail
    return io.BytesIO(struct.pack("<iiii", 16 + len(payload), 42, 0, 2013) + payload)


def sequence(name: str, *documents: bytes) -> bytes:
    content = name.encode() + b"\0" + b"".join(documents)
    return b"\x01" + struct.pack("<i", 4 + len(content)) + content


def test_a_body_and_sequences_are_taken_apart() -> None:
    documents = [bson.encode({"_id": n}) for n in range(3)]
    request = read_request(message(sequence("documents", *documents) + b"\0" + BODY))
    assert request is not None
    assert (request.request_id, request.body, request.wants_reply) == (42, BODY, True)
    assert request.sequences == {"documents": b"".join(documents)}


def test_a_checksum_is_not_taken_for_a_section() -> None:
    request = read_request(message(b"\0" + BODY, flags=1, tail=b"\xde\xad\xbe\xef"))
    assert request is not None
    assert request.body == BODY


def test_more_to_come_wants_no_reply_and_exhaust_allowed_is_no_demand() -> None:
    quiet = read_request(message(b"\0" + BODY, flags=2))
    allowed = read_request(message(b"\0" + BODY, flags=1 << 16))
    assert quiet is not None
    assert not quiet.wants_reply
    assert allowed is not None
    assert allowed.wants_reply


def test_the_end_between_messages_is_no_error() -> None:
    assert read_request(io.BytesIO()) is None


@given(st.binary(max_size=80))
def test_any_payload_is_a_request_or_a_protocol_error(payload: bytes) -> None:
    head = struct.pack("<iiii", 16 + len(payload), 1, 0, 2013)
    with contextlib.suppress(ProtocolError):
        assert isinstance(read_request(io.BytesIO(head + payload)), Request)


def test_the_size_is_told_before_anything_is_read() -> None:
    sizes: list[int] = []
    stream = message(b"\0" + BODY)
    read_request(stream, sizes.append)
    assert sizes == [len(stream.getvalue())]


def test_a_reply_names_its_request() -> None:
    reply = encode_reply(Request(42, BODY), bson.encode({"ok": 1}))
    length, _, answers, opcode, flags, kind = struct.unpack("<iiiiIB", reply[:21])
    assert (length, answers, opcode, flags, kind) == (len(reply), 42, 2013, 0, 0)
    assert bson.decode(reply[21:]) == {"ok": 1}


@pytest.mark.parametrize(
    ("state", "code"),
    [("M001C", 11000), ("M0008", 26), ("M00F1", 112), ("M00A9", 2), ("40P01", 112), ("XX000", 1), ("", 1)],
)
def test_states_become_codes(state: str, code: int) -> None:
    assert code_of(state) == code


def test_a_packed_state_becomes_its_code_and_a_code_stays() -> None:
    assert unpack_code(319029277) == 11000
    assert [unpack_code(code) for code in (11000, 26, 112)] == [11000, 26, 112]
