"""Writing documents: what is stored, what is answered, what is refused."""

from __future__ import annotations

import datetime as dt
import os
import re
import uuid
from typing import Any

import bson
import pytest
from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateMany, UpdateOne, WriteConcern
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError, WriteError

Db = Database[dict[str, Any]]
Films = Collection[dict[str, Any]]


@pytest.mark.parametrize(
    "value",
    [
        dt.datetime(2026, 2, 28, 23, 59, 59, 123000),
        dt.datetime(1931, 5, 1, 0, 0, 0, 1000),
        bson.Decimal128("1234567890.0123456789"),
        bson.Decimal128("NaN"),
        bson.Int64(2**53 + 1),
        bson.Int64(5),
        -(2**31),
        0.1,
        float("inf"),
        bson.ObjectId(),
        os.urandom(1000),
        b"",
        bson.Binary.from_uuid(uuid.UUID(int=7)),
        bson.Regex("^a", re.IGNORECASE),
        bson.Timestamp(7, 8),
        bson.MinKey(),
        bson.MaxKey(),
        None,
        True,
        "",
        "naïve ✓ 𝄞",
        [],
        [1, [2, {"a": []}]],
        {"b": {"a": 1}, "a": 2},
    ],
    ids=repr,
)
def test_a_value_comes_back_as_it_was(db: Db, value: object) -> None:
    db.things.insert_one({"_id": 1, "value": value})
    found = db.things.find_one({"_id": 1})
    assert bson.encode(found or {}) == bson.encode({"_id": 1, "value": value})


def test_a_date_beyond_pythons_years_does_not_stop_the_gateway(db: Db) -> None:
    late = bson.DatetimeMS(2**50)
    options: bson.CodecOptions[dict[str, Any]] = bson.CodecOptions(
        datetime_conversion=bson.DatetimeConversion.DATETIME_AUTO
    )
    things = db.get_collection("things", codec_options=options)
    things.insert_one({"_id": 1, "at": late})
    assert things.find_one({"at": late}) == {"_id": 1, "at": late}


def test_a_document_of_fifteen_megabytes_comes_back(db: Db) -> None:
    content = os.urandom(1000) * 15_000
    db.big.insert_one({"_id": 1, "content": content})
    assert (db.big.find_one() or {})["content"] == content


def test_inserting_an_id_twice_is_a_duplicate_key(db: Db) -> None:
    db.things.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError) as caught:
        db.things.insert_one({"_id": 1})
    assert caught.value.code == 11000


def test_an_unordered_insert_goes_on_after_a_duplicate(db: Db) -> None:
    db.things.insert_one({"_id": 2})
    with pytest.raises(BulkWriteError) as caught:
        db.things.insert_many([{"_id": 1}, {"_id": 2}, {"_id": 3}], ordered=False)
    assert caught.value.details["nInserted"] == 2
    assert [(e["index"], e["code"]) for e in caught.value.details["writeErrors"]] == [(1, 11000)]


def test_an_ordered_insert_stops_at_a_duplicate(db: Db) -> None:
    db.things.insert_one({"_id": 2})
    with pytest.raises(BulkWriteError):
        db.things.insert_many([{"_id": 1}, {"_id": 2}, {"_id": 3}])
    assert sorted(d["_id"] for d in db.things.find()) == [1, 2]


def test_field_updates_change_what_they_name(db: Db) -> None:
    db.things.insert_one({"_id": 1, "a": 1, "b": 5, "c": {"d": 2}, "x": 1, "old": 1})
    update = {
        "$set": {"c.e": 2, "n": "new"},
        "$inc": {"a": 4},
        "$max": {"b": 9},
        "$min": {"x": -3},
        "$mul": {"c.d": 3},
        "$unset": {"old": ""},
        "$currentDate": {"at": True},
    }
    result = db.things.update_one({"_id": 1}, update)
    assert (result.matched_count, result.modified_count) == (1, 1)
    found = db.things.find_one() or {}
    assert isinstance(found.pop("at"), dt.datetime)
    assert found == {"_id": 1, "a": 5, "b": 9, "c": {"d": 6, "e": 2}, "x": -3, "n": "new"}


def test_an_update_that_changes_nothing_matches_without_modifying(db: Db) -> None:
    db.things.insert_one({"_id": 1, "a": 1})
    result = db.things.update_one({"_id": 1}, {"$set": {"a": 1}})
    assert (result.matched_count, result.modified_count) == (1, 0)


def test_array_updates_change_elements(db: Db) -> None:
    db.things.insert_one({"_id": 1, "t": ["a"], "r": [{"h": 1, "s": "q"}, {"h": 2, "s": "q"}]})
    db.things.update_one({"_id": 1}, {"$push": {"t": {"$each": ["b", "c", "d"], "$slice": -3}}})
    db.things.update_one({"_id": 1}, {"$addToSet": {"t": {"$each": ["b", "z"]}}})
    db.things.update_one({"_id": 1}, {"$pull": {"t": {"$in": ["c"]}}})
    db.things.update_one({"_id": 1}, {"$pop": {"t": -1}})
    db.things.update_one({"_id": 1, "r.h": 2}, {"$set": {"r.$.s": "done"}})
    db.things.update_one({"_id": 1}, {"$set": {"r.$[e].s": "first"}}, array_filters=[{"e.h": 1}])
    db.things.update_one({"_id": 1}, {"$inc": {"r.$[].h": 10}})
    assert db.things.find_one() == {
        "_id": 1,
        "t": ["d", "z"],
        "r": [{"h": 11, "s": "first"}, {"h": 12, "s": "done"}],
    }


def test_an_upsert_inserts_once_and_updates_then(db: Db) -> None:
    update = {"$inc": {"n": 1}, "$setOnInsert": {"made": "first"}}
    first = db.things.update_one({"k": "a"}, update, upsert=True)
    second = db.things.update_one({"k": "a"}, {**update, "$setOnInsert": {"made": "then"}}, upsert=True)
    assert first.upserted_id is not None
    assert (second.upserted_id, second.modified_count) == (None, 1)
    assert [(d["n"], d["made"]) for d in db.things.find()] == [(2, "first")]


def test_many_are_updated_replaced_and_deleted(films: Films) -> None:
    assert films.update_many({"owner": "ann"}, {"$set": {"seen": True}}).modified_count == 2
    assert films.replace_one({"_id": 4}, {"title": "gone"}).modified_count == 1
    assert films.find_one({"_id": 4}) == {"_id": 4, "title": "gone"}
    assert films.delete_many({"seen": True}).deleted_count == 2
    assert films.delete_one({"_id": 4}).deleted_count == 1
    assert films.count_documents({}) == 1


def test_a_mixed_bulk_is_carried_out_in_order(db: Db) -> None:
    result = db.things.bulk_write(
        [
            InsertOne({"_id": 1, "n": 0}),
            UpdateOne({"_id": 1}, {"$inc": {"n": 5}}),
            UpdateOne({"_id": 2}, {"$set": {"n": 9}}, upsert=True),
            ReplaceOne({"_id": 1}, {"n": 7}),
            UpdateMany({}, {"$inc": {"n": 1}}),
            DeleteOne({"_id": 2}),
        ]
    )
    counts = (result.inserted_count, result.modified_count, result.upserted_count, result.deleted_count)
    assert counts == (1, 4, 1, 1)
    assert list(db.things.find()) == [{"_id": 1, "n": 8}]


def test_find_and_modify_answers_before_or_after(db: Db) -> None:
    db.jobs.insert_many([{"_id": n, "status": "pending", "rank": n} for n in range(3)])
    claim = {"$set": {"status": "running"}, "$inc": {"attempts": 1}}
    best = db.jobs.find_one_and_update(
        {"status": "pending"}, claim, sort=[("rank", -1)], return_document=True, projection={"rank": 0}
    )
    assert best == {"_id": 2, "status": "running", "attempts": 1}
    assert db.jobs.find_one_and_update({"status": "failed"}, claim) is None
    before = db.jobs.find_one_and_replace({"_id": 1}, {"status": "new"})
    assert before == {"_id": 1, "status": "pending", "rank": 1}
    assert db.jobs.find_one_and_delete({"_id": 1}) == {"_id": 1, "status": "new"}


def test_find_and_modify_upserts(db: Db) -> None:
    numbers = [
        (db.counters.find_one_and_update({"_id": "c"}, {"$inc": {"n": 1}}, upsert=True, return_document=True))["n"]
        for _ in range(3)
    ]
    assert numbers == [1, 2, 3]


def test_an_unacknowledged_write_arrives(db: Db) -> None:
    db.get_collection("things", write_concern=WriteConcern(w=0)).insert_one({"_id": 1})
    # the same connection is used again: commands of one connection are carried out in order
    assert db.things.count_documents({}) == 1


def test_an_immutable_id_is_refused(db: Db) -> None:
    db.things.insert_one({"_id": 1})
    with pytest.raises(WriteError) as caught:
        db.things.update_one({"_id": 1}, {"$set": {"_id": 2}})
    assert caught.value.code == 66
