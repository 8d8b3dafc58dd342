"""What clients are told when a command cannot be carried out."""

from __future__ import annotations

import socket
import struct
from typing import Any

import bson
import pymongo
import pytest
from pymongo.database import Database
from pymongo.errors import ExecutionTimeout, OperationFailure

Db = Database[dict[str, Any]]
Client = pymongo.MongoClient[dict[str, Any]]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"noSuchThing": 1}, 59),
        ({"drop": "missing"}, 26),
        ({"find": "things", "filter": {"a": {"$nonsense": 1}}}, 2),
        ({"aggregate": "things", "pipeline": [{"$nonsense": 1}], "cursor": {}}, 40324),
        ({"getMore": bson.Int64(123), "collection": "things"}, 43),
        ({"find": "things", "filter": 5}, 14),
        ({"dropIndexes": "things", "index": "missing"}, 27),
    ],
    ids=repr,
)
def test_a_wrong_command_is_refused_with_mongodbs_code(db: Db, command: dict[str, Any], code: int) -> None:
    db.things.insert_one({})
    with pytest.raises(OperationFailure) as caught:
        db.command(command)
    assert caught.value.code == code


def test_a_command_that_takes_too_long_is_ended(db: Db) -> None:
    db.things.insert_many([{"_id": n, "a": n} for n in range(3000)])
    cross: list[dict[str, Any]] = [
        {"$lookup": {"from": "things", "pipeline": [], "as": "all"}},
        {"$unwind": "$all"},
        {"$group": {"_id": None, "n": {"$sum": "$all.a"}}},
    ]
    with pytest.raises(ExecutionTimeout):
        list(db.things.aggregate(cross, maxTimeMS=50))
    assert db.things.count_documents({}) == 3000


def test_hello_claims_what_is_true(client: Client) -> None:
    reply = client.admin.command("hello")
    assert reply["msg"] == "isdbgrid"
    assert not {"setName", "hosts", "compression", "saslSupportedMechs", "topologyVersion"} & set(reply)
    assert client.server_info()["version"].startswith("7.")


def raw(client: Client) -> socket.socket:
    host, port = client.address or ("", 0)
    return socket.create_connection((host, port), timeout=10)


def test_the_first_hello_may_be_an_old_query(client: Client) -> None:
    body = struct.pack("<i", 0) + b"admin.$cmd\0" + struct.pack("<ii", 0, -1) + bson.encode({"isMaster": 1})
    with raw(client) as connection:
        connection.sendall(struct.pack("<iiii", 16 + len(body), 77, 0, 2004) + body)
        reply = connection.recv(4096)
    _, _, answers, opcode = struct.unpack("<iiii", reply[:16])
    assert (answers, opcode) == (77, 1)
    assert bson.decode(reply[36:])["ismaster"] is True


@pytest.mark.parametrize(
    "message",
    [
        struct.pack("<iiii", 10, 1, 0, 2013),
        struct.pack("<iiii", 2**30, 1, 0, 2013),
        struct.pack("<iiiiI", 20, 1, 0, 2013, 0),
        struct.pack("<iiiiI", 20, 1, 0, 2013, 1 << 7),
        struct.pack("<iiii", 16 + 4, 1, 0, 2012) + b"abcd",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["short", "huge", "empty", "unknown flag", "compressed", "http"],
)
def test_nonsense_ends_its_connection_and_no_other(client: Client, message: bytes) -> None:
    with raw(client) as connection:
        connection.sendall(message)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    assert client.admin.command("ping")["ok"] == 1
