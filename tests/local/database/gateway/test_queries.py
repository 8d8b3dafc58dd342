"""Reading: filters, projections, order, aggregation. Operators of DocumentDB 5.0 and 8.0."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pymongo.collection import Collection
from pymongo.database import Database

Db = Database[dict[str, Any]]
Films = Collection[dict[str, Any]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"year": {"$gt": 2008, "$lte": 2012}}, [2, 3]),
        ({"year": {"$gte": 2012}, "owner": {"$ne": "eve"}}, [3]),
        ({"tags": "animation"}, [1, 2, 4]),
        ({"tags": {"$all": ["animation", "short"]}}, [1]),
        ({"tags": {"$size": 1}}, [4]),
        ({"tags": {"$in": ["fantasy", "live action"]}}, [2, 3]),
        ({"tags": {"$nin": ["animation"]}}, [3]),
        ({"$or": [{"_id": 1}, {"year": 2015}]}, [1, 4]),
        ({"$and": [{"owner": "ann"}, {"year": {"$lt": 2010}}]}, [1]),
        ({"$nor": [{"owner": "ann"}, {"owner": "bob"}]}, [4]),
        ({"title": {"$regex": "^s", "$options": "i"}}, [2]),
        ({"missing": {"$exists": False}}, [1, 2, 3, 4]),
        ({"video.codec": "av1"}, [3, 4]),
        ({"renditions": {"$elemMatch": {"height": {"$gt": 360}, "rate": {"$gt": 3000}}}}, [3]),
        ({"renditions.0.height": 360}, [1, 2, 3]),
        ({"renditions.height": 720}, [1]),
        ({"title": {"$type": "string"}}, [1, 2, 3, 4]),
        ({"year": {"$mod": [5, 0]}}, [2, 4]),
        ({"year": {"$not": {"$gt": 2008}}}, [1]),
        ({"$expr": {"$gt": [{"$size": "$renditions"}, 1]}}, [1, 3]),
        ({"$expr": {"$eq": [{"$mod": ["$year", 5]}, 0]}}, [2, 4]),
        ({"_id": {"$in": []}}, []),
    ],
    ids=repr,
)
def test_a_filter_finds_its_films(films: Films, query: dict[str, Any], expected: list[int]) -> None:
    assert [film["_id"] for film in films.find(query).sort("_id")] == expected
    assert films.count_documents(query) == len(expected)


def test_order_skip_and_limit(films: Films) -> None:
    assert [f["_id"] for f in films.find().sort([("owner", 1), ("year", -1)])] == [3, 1, 2, 4]
    assert [f["_id"] for f in films.find().sort("year", -1).skip(1).limit(2)] == [3, 2]


@pytest.mark.parametrize(
    ("projection", "expected"),
    [
        ({"title": 1, "_id": 0}, {"title": "Big Buck Bunny"}),
        ({"video.codec": 1}, {"_id": 1, "video": {"codec": "h264"}}),
        ({"renditions": {"$slice": -1}, "title": 1}, {"_id": 1, "title": "Big Buck Bunny",
                                                    "renditions": [{"height": 720, "rate": 2500}]}),
        ({"tags": 0, "video": 0, "renditions": 0, "owner": 0, "year": 0}, {"_id": 1, "title": "Big Buck Bunny"}),
    ],
)  # fmt: skip
def test_a_projection_shapes_the_film(films: Films, projection: dict[str, Any], expected: dict[str, Any]) -> None:
    assert films.find_one({"_id": 1}, projection) == expected


def test_dates_are_compared(db: Db) -> None:
    start = dt.datetime(2026, 1, 1)
    db.things.insert_many([{"_id": n, "at": start + dt.timedelta(days=n)} for n in range(5)])
    found = db.things.find({"at": {"$gte": start + dt.timedelta(days=2), "$lt": start + dt.timedelta(days=4)}})
    assert [d["_id"] for d in found.sort("_id")] == [2, 3]


def test_distinct_values_and_estimates(films: Films) -> None:
    assert sorted(films.distinct("tags")) == ["animation", "fantasy", "live action", "short"]
    assert films.distinct("owner", {"year": 2010}) == ["bob"]
    assert films.estimated_document_count() == 4


def test_a_database_and_its_collections_are_listed_and_dropped(db: Db) -> None:
    db.one.insert_one({})
    db.two.insert_one({})
    assert sorted(db.list_collection_names()) == ["one", "two"]
    assert db.name in db.client.list_database_names()
    db.one.drop()
    assert db.list_collection_names() == ["two"]
    db.two.rename("three")
    assert db.list_collection_names() == ["three"]
    db.client.drop_database(db.name)
    assert db.list_collection_names() == []


def test_films_are_grouped(films: Films) -> None:
    pipeline: list[dict[str, Any]] = [
        {"$match": {"year": {"$lt": 2015}}},
        {
            "$group": {
                "_id": "$owner",
                "count": {"$sum": 1},
                "first": {"$min": "$year"},
                "mean": {"$avg": "$year"},
                "titles": {"$push": "$title"},
                "codecs": {"$addToSet": "$video.codec"},
            }
        },
        {"$sort": {"_id": 1}},
    ]
    ann, bob = films.aggregate(pipeline)
    assert (ann["count"], ann["first"], ann["mean"], sorted(ann["codecs"])) == (2, 2008, 2010, ["av1", "h264"])
    assert bob["titles"] == ["Sintel"]


def test_arrays_are_unwound_and_counted(films: Films) -> None:
    pipeline: list[dict[str, Any]] = [
        {"$unwind": "$tags"},
        {"$group": {"_id": "$tags", "n": {"$sum": 1}}},
        {"$sort": {"n": -1, "_id": 1}},
        {"$limit": 2},
    ]
    assert list(films.aggregate(pipeline)) == [{"_id": "animation", "n": 3}, {"_id": "short", "n": 2}]
    assert list(films.aggregate([{"$match": {"owner": "ann"}}, {"$count": "n"}])) == [{"n": 2}]


def test_collections_are_joined(db: Db, films: Films) -> None:
    db.people.insert_many([{"_id": "ann", "name": "Ann"}, {"_id": "bob", "name": "Bob"}])
    simple: list[dict[str, Any]] = [
        {"$match": {"_id": {"$lte": 2}}},
        {"$lookup": {"from": "people", "localField": "owner", "foreignField": "_id", "as": "person"}},
        {"$unwind": "$person"},
        {"$project": {"name": "$person.name"}},
        {"$sort": {"_id": 1}},
    ]
    assert list(films.aggregate(simple)) == [{"_id": 1, "name": "Ann"}, {"_id": 2, "name": "Bob"}]


def test_expressions_compute_fields(db: Db) -> None:
    db.things.insert_one({"_id": 1, "a": 5, "at": dt.datetime(2026, 3, 4, 5), "list": [1, 2, 3], "s": "ab"})
    fields = {
        "cond": {"$cond": [{"$gte": ["$a", 3]}, "high", "low"]},
        "missing": {"$ifNull": ["$nothing", 0]},
        "day": {"$dateToString": {"format": "%Y-%m-%d", "date": "$at"}},
        "text": {"$concat": ["x", {"$toString": "$a"}]},
        "sum": {"$add": ["$a", {"$multiply": ["$a", 2]}]},
        "twice": {"$map": {"input": "$list", "as": "n", "in": {"$multiply": ["$$n", 2]}}},
        "some": {"$filter": {"input": "$list", "as": "n", "cond": {"$gt": ["$$n", 1]}}},
        "last": {"$arrayElemAt": ["$list", -1]},
        "total": {"$reduce": {"input": "$list", "initialValue": 0, "in": {"$add": ["$$value", "$$this"]}}},
        "upper": {"$toUpper": "$s"},
        "switch": {"$switch": {"branches": [{"case": {"$eq": ["$a", 5]}, "then": "five"}], "default": "?"}},
    }
    (found,) = db.things.aggregate([{"$addFields": fields}, {"$project": dict.fromkeys(fields, 1) | {"_id": 0}}])
    assert found == {
        "cond": "high",
        "missing": 0,
        "day": "2026-03-04",
        "text": "x5",
        "sum": 15,
        "twice": [2, 4, 6],
        "some": [2, 3],
        "last": 3,
        "total": 6,
        "upper": "AB",
        "switch": "five",
    }


def test_an_update_pipeline_computes_from_the_document(db: Db) -> None:
    db.things.insert_one({"_id": 1, "a": 2, "b": 3})
    db.things.update_one({"_id": 1}, [{"$set": {"sum": {"$add": ["$a", "$b"]}}}])
    assert db.things.find_one() == {"_id": 1, "a": 2, "b": 3, "sum": 5}


def test_results_are_written_out(db: Db, films: Films) -> None:
    list(films.aggregate([{"$match": {"owner": "ann"}}, {"$out": "copies"}]))
    assert db.copies.count_documents({}) == 2


def test_bucket_and_replace_root(films: Films) -> None:
    bucket = {"groupBy": "$year", "boundaries": [2000, 2011, 2020], "output": {"n": {"$sum": 1}}}
    assert list(films.aggregate([{"$bucket": bucket}])) == [{"_id": 2000, "n": 2}, {"_id": 2011, "n": 2}]
    root: list[dict[str, Any]] = [{"$match": {"_id": 1}}, {"$replaceRoot": {"newRoot": "$video"}}]
    assert list(films.aggregate(root)) == [{"width": 1920, "codec": "h264"}]
