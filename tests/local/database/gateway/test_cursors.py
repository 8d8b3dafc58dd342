"""Cursors: batches, kills, forgotten ones."""

from __future__ import annotations

from typing import Any

import pymongo
import pytest
from pymongo.database import Database
from pymongo.errors import CursorNotFound

Db = Database[dict[str, Any]]


@pytest.mark.parametrize("sort", [None, "_id", "n", "pad"])
def test_a_long_result_comes_whole_in_batches(db: Db, sort: str | None) -> None:
    db.numbers.insert_many([{"_id": n, "n": -n, "pad": "x" * (n % 300)} for n in range(2500)])
    cursor = db.numbers.find(batch_size=100)
    if sort:
        cursor = cursor.sort([(sort, 1), ("_id", 1)])
    assert sorted(document["_id"] for document in cursor) == list(range(2500))


def test_results_larger_than_a_message_come_whole(db: Db) -> None:
    db.big.insert_many([{"_id": n, "content": bytes(1_000_000)} for n in range(40)])
    assert [len(d["content"]) for d in db.big.find().sort("_id", -1)] == [1_000_000] * 40


def test_an_aggregation_comes_in_batches(db: Db) -> None:
    db.numbers.insert_many([{"_id": n, "k": n % 700} for n in range(1400)])
    grouped = db.numbers.aggregate([{"$group": {"_id": "$k", "n": {"$sum": 1}}}], batchSize=50)
    assert sorted((d["_id"], d["n"]) for d in grouped) == [(k, 2) for k in range(700)]


def test_a_cursor_shows_no_document_twice_while_others_write(db: Db) -> None:
    db.numbers.insert_many([{"_id": n, "n": n} for n in range(500)])
    seen = []
    for document in db.numbers.find(batch_size=20).sort("n"):
        seen.append(document["_id"])
        db.numbers.update_one({"_id": document["_id"]}, {"$inc": {"n": 1000}})
    assert seen == list(range(500))


def test_a_killed_cursor_is_gone(db: Db) -> None:
    db.numbers.insert_many([{"n": n} for n in range(100)])
    cursor = db.numbers.find(batch_size=10).sort("n")
    next(cursor)
    number = cursor.cursor_id
    assert number
    reply = db.command("killCursors", "numbers", cursors=[number])
    assert reply["cursorsKilled"] == [number]
    with pytest.raises(CursorNotFound):
        list(cursor)
    assert db.command("killCursors", "numbers", cursors=[number])["cursorsNotFound"] == [number]


def test_ending_its_session_ends_a_cursor(client: pymongo.MongoClient[dict[str, Any]], db: Db) -> None:
    db.numbers.insert_many([{"n": n} for n in range(100)])
    with client.start_session() as session:
        cursor = db.numbers.find(batch_size=10, session=session)
        next(cursor)
        client.admin.command("endSessions", [session.session_id])
        with pytest.raises(CursorNotFound):
            list(cursor)


def test_a_batch_of_nothing_opens_a_cursor(db: Db) -> None:
    db.numbers.insert_many([{"_id": n} for n in range(3)])
    first = db.command("find", "numbers", batchSize=0)["cursor"]
    assert first["firstBatch"] == []
    rest = db.command("getMore", first["id"], collection="numbers")["cursor"]
    assert [d["_id"] for d in rest["nextBatch"]] == [0, 1, 2]
    assert rest["id"] == 0


def test_one_batch_wanted_leaves_no_cursor(db: Db) -> None:
    db.numbers.insert_many([{"_id": n} for n in range(10)])
    reply = db.command("find", "numbers", batchSize=2, singleBatch=True)["cursor"]
    assert (len(reply["firstBatch"]), reply["id"]) == (2, 0)
