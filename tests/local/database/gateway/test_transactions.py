"""Transactions and sessions, with a driver and by hand where a driver would not do wrong."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from typing import Any

import bson
import pymongo
import pytest
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, OperationFailure

from tests.local.database.gateway.wire_client import WireClient

Db = Database[dict[str, Any]]
Client = pymongo.MongoClient[dict[str, Any]]


def ids(db: Db, **options: Any) -> list[int]:
    return [document["_id"] for document in db.things.find(**options).sort("_id")]


def test_a_committed_transaction_is_seen_as_a_whole(client: Client, db: Db) -> None:
    db.things.insert_one({"_id": 0})
    with client.start_session() as session, session.start_transaction():
        db.things.insert_one({"_id": 1}, session=session)
        db.things.update_one({"_id": 0}, {"$set": {"x": 1}}, session=session)
        assert ids(db, session=session) == [0, 1]
        assert ids(db) == [0]
    assert ids(db) == [0, 1]
    assert db.things.find_one({"_id": 0}) == {"_id": 0, "x": 1}


def test_an_aborted_transaction_leaves_nothing(client: Client, db: Db) -> None:
    db.things.insert_one({"_id": 0})
    with client.start_session() as session:
        session.start_transaction()
        db.things.delete_one({"_id": 0}, session=session)
        db.things.insert_one({"_id": 1}, session=session)
        session.abort_transaction()
    assert ids(db) == [0]


def test_an_error_ends_the_transaction(client: Client, db: Db) -> None:
    db.things.insert_one({"_id": 0})
    with client.start_session() as session:
        session.start_transaction()
        db.things.insert_one({"_id": 1}, session=session)
        with pytest.raises(DuplicateKeyError):
            db.things.insert_one({"_id": 0}, session=session)
        with pytest.raises(OperationFailure) as caught:
            db.things.insert_one({"_id": 2}, session=session)
        assert caught.value.code == 251
        assert caught.value.has_error_label("TransientTransactionError")
        session.abort_transaction()
    assert ids(db) == [0]


def test_of_two_transactions_on_one_document_the_second_is_told_to_try_again(client: Client, db: Db) -> None:
    db.things.insert_one({"_id": 0, "n": 0})
    with client.start_session() as first, client.start_session() as second:
        first.start_transaction()
        second.start_transaction()
        assert db.things.find_one({"_id": 0}, session=second) == {"_id": 0, "n": 0}
        db.things.update_one({"_id": 0}, {"$inc": {"n": 1}}, session=first)
        first.commit_transaction()
        with pytest.raises(OperationFailure) as caught:
            db.things.update_one({"_id": 0}, {"$inc": {"n": 1}}, session=second)
        assert caught.value.code == 112
        assert caught.value.has_error_label("TransientTransactionError")


def test_with_transaction_repeats_until_no_one_was_in_the_way(client: Client, db: Db) -> None:
    db.things.insert_one({"_id": 0, "n": 0})

    def increment(session: ClientSession) -> None:
        found = db.things.find_one({"_id": 0}, session=session) or {}
        db.things.update_one({"_id": 0}, {"$set": {"n": found["n"] + 1}}, session=session)

    def work() -> None:
        for _ in range(5):
            with client.start_session() as session:
                session.with_transaction(increment)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (db.things.find_one() or {})["n"] == 15


def test_a_cursor_goes_on_inside_its_transaction(client: Client, db: Db) -> None:
    db.things.insert_many([{"_id": n} for n in range(50)])
    with client.start_session() as session, session.start_transaction():
        db.things.insert_one({"_id": 50}, session=session)
        assert ids(db, session=session, batch_size=10) == list(range(51))


class Session:
    """A session by hand: commands with its id and numbers of our choice."""

    def __init__(self, connection: WireClient, db: Db) -> None:
        self._connection = connection
        self._database = db.name
        self._id = {"id": bson.Binary.from_uuid(uuid.uuid4())}

    def numbered(self, number: int, command: dict[str, Any]) -> dict[str, Any]:
        common = {"lsid": self._id, "txnNumber": bson.Int64(number), "$db": self._database}
        return self._connection.ask({**command, **common})

    def transact(self, number: int, command: dict[str, Any], *, start: bool = False) -> dict[str, Any]:
        started = {"startTransaction": True} if start else {}
        return self.numbered(number, {**command, "autocommit": False, **started})

    def commit(self, number: int) -> dict[str, Any]:
        return self.transact(number, {"commitTransaction": 1})

    def abort(self, number: int) -> dict[str, Any]:
        return self.transact(number, {"abortTransaction": 1})


@pytest.fixture
def session(client: Client, db: Db) -> Iterator[Session]:
    with WireClient(client.address or ("", 0)) as connection:
        yield Session(connection, db)


def test_a_commit_asked_again_says_again_that_it_was_done(session: Session, db: Db) -> None:
    db.things.insert_one({"_id": 0})
    session.transact(1, {"insert": "things", "documents": [{"_id": 1}]}, start=True)
    assert [session.commit(1)["ok"] for _ in range(2)] == [1, 1]
    assert session.abort(1)["code"] == 256
    assert ids(db) == [0, 1]


def test_a_transaction_that_was_never_begun_cannot_be_committed(session: Session) -> None:
    assert session.commit(1)["code"] == 251


def test_an_older_transaction_number_is_refused(session: Session) -> None:
    session.transact(5, {"find": "things"}, start=True)
    session.abort(5)
    assert session.transact(4, {"find": "things"}, start=True)["code"] == 225
    assert session.transact(5, {"find": "things"}, start=True)["code"] == 117


def test_the_next_transaction_of_a_session_ends_the_one_before(session: Session, db: Db) -> None:
    db.things.insert_one({"_id": 0})
    session.transact(1, {"insert": "things", "documents": [{"_id": 1}]}, start=True)
    session.transact(2, {"insert": "things", "documents": [{"_id": 2}]}, start=True)
    assert session.commit(2)["ok"] == 1
    assert ids(db) == [0, 2]


@pytest.mark.parametrize(
    ("command", "count"),
    [
        ({"insert": "things", "documents": [{"n": 1}, {"n": 2}]}, 2),
        ({"update": "things", "updates": [{"q": {"_id": 0}, "u": {"$inc": {"n": 1}}}]}, 1),
        ({"update": "things", "updates": [{"q": {"k": 1}, "u": {"$inc": {"n": 1}}, "upsert": True}]}, 1),
        ({"delete": "things", "deletes": [{"q": {"n": {"$gte": 0}}, "limit": 1}]}, 1),
    ],
    ids=["insert", "update", "upsert", "delete"],
)
def test_a_repeated_numbered_write_is_carried_out_once(
    session: Session, db: Db, command: dict[str, Any], count: int
) -> None:
    db.things.insert_many([{"_id": n, "n": 0} for n in range(3)])
    first = session.numbered(9, command)
    stored = list(db.things.find().sort("_id"))
    assert [session.numbered(9, command) for _ in range(2)] == [first, first]
    assert first["n"] == count
    assert list(db.things.find().sort("_id")) == stored


def test_a_repeated_find_and_modify_answers_the_same(session: Session, db: Db) -> None:
    db.things.insert_one({"_id": 0, "n": 0})
    claim = {"findAndModify": "things", "query": {}, "update": {"$inc": {"n": 1}}, "new": True}
    assert [session.numbered(3, claim)["value"]["n"] for _ in range(3)] == [1, 1, 1]
    assert session.numbered(4, claim)["value"]["n"] == 2


def test_a_client_that_goes_away_gives_up_its_transaction(client: Client, db: Db) -> None:
    db.things.insert_one({"_id": 0})
    with pymongo.MongoClient[dict[str, Any]](*client.address or ()) as other:
        session = other.start_session()
        session.start_transaction()
        other[db.name].things.update_one({"_id": 0}, {"$set": {"x": 1}}, session=session)
        other._topology.close()
    db.things.update_one({"_id": 0}, {"$set": {"y": 1}})
    assert db.things.find_one() == {"_id": 0, "y": 1}
