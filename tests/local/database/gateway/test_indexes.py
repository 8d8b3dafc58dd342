"""Indexes: what they forbid, what they find, and that asking for them again costs nothing."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pymongo import ASCENDING, DESCENDING, TEXT, IndexModel
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, OperationFailure

from local.database.gateway.housekeeping import expire_documents
from local.database.gateway.pool import Pool, connector
from local.database.postgres import Layout

Db = Database[dict[str, Any]]
Films = Collection[dict[str, Any]]


def test_a_unique_index_forbids_a_second_one(db: Db) -> None:
    db.movies.create_index("slug", unique=True)
    db.movies.insert_many([{"_id": 1, "slug": "a"}, {"_id": 2, "slug": "b"}])
    with pytest.raises(DuplicateKeyError):
        db.movies.insert_one({"slug": "a"})
    with pytest.raises(DuplicateKeyError):
        db.movies.update_one({"_id": 2}, {"$set": {"slug": "a"}})
    with pytest.raises(DuplicateKeyError):
        db.movies.find_one_and_update({"_id": 2}, {"$set": {"slug": "a"}})
    assert (db.movies.find_one({"_id": 2}) or {})["slug"] == "b"


def test_a_compound_unique_index_forbids_the_pair(db: Db) -> None:
    db.shards.create_index([("job", ASCENDING), ("index", DESCENDING)], unique=True, name="job_index")
    db.shards.insert_many([{"job": 1, "index": 1}, {"job": 1, "index": 2}, {"job": 2, "index": 1}])
    with pytest.raises(DuplicateKeyError):
        db.shards.insert_one({"job": 1, "index": 2})
    assert db.shards.index_information()["job_index"]["key"] == [("job", 1), ("index", -1)]


def test_a_partial_unique_index_looks_at_its_part(db: Db) -> None:
    db.jobs.create_index("asset", unique=True, partialFilterExpression={"active": True})
    db.jobs.insert_many([{"asset": 1, "active": active} for active in (False, False, True)])
    with pytest.raises(DuplicateKeyError):
        db.jobs.insert_one({"asset": 1, "active": True})


def test_a_sparse_unique_index_ignores_what_lacks_the_field(db: Db) -> None:
    db.users.create_index("mail", unique=True, sparse=True)
    db.users.insert_many([{"a": 1}, {"a": 2}, {"mail": "x"}])
    with pytest.raises(DuplicateKeyError):
        db.users.insert_one({"mail": "x"})


def test_a_unique_index_is_refused_where_duplicates_are(db: Db) -> None:
    db.things.insert_many([{"a": 1}, {"a": 1}])
    with pytest.raises(OperationFailure) as caught:
        db.things.create_index("a", unique=True)
    assert caught.value.code == 11000
    assert list(db.things.index_information()) == ["_id_"]


def test_an_index_of_the_same_name_and_another_kind_is_a_conflict(db: Db) -> None:
    db.things.create_index("a", name="mine")
    with pytest.raises(OperationFailure) as caught:
        db.things.create_index("b", name="mine")
    assert caught.value.code == 86


def test_indexes_are_listed_and_dropped(films: Films) -> None:
    films.create_indexes([IndexModel("tags"), IndexModel([("video.width", -1), ("year", 1)], name="width")])
    assert sorted(films.index_information()) == ["_id_", "tags_1", "width"]
    assert [f["_id"] for f in films.find({"tags": "short"}).sort("_id")] == [1, 3]
    films.drop_index("width")
    assert sorted(films.index_information()) == ["_id_", "tags_1"]
    films.drop_indexes()
    assert list(films.index_information()) == ["_id_"]


def test_asking_again_for_indexes_of_a_full_collection_starts_no_build(films: Films) -> None:
    wanted = [IndexModel("owner"), IndexModel("year", unique=True)]
    films.create_indexes(wanted)
    before = films.index_information()
    reply = films.database.command("createIndexes", films.name, indexes=[index.document for index in wanted])
    assert reply["numIndexesBefore"] == reply["numIndexesAfter"] == 3
    assert films.index_information() == before


def test_many_clients_may_create_the_same_indexes_at_once(db: Db) -> None:
    db.things.insert_many([{"n": n} for n in range(100)])

    def create(_: int) -> list[str]:
        return db.things.create_indexes([IndexModel("n", unique=True), IndexModel([("m", -1)])])

    with ThreadPoolExecutor(8) as pool:
        assert all(names == ["n_1", "m_-1"] for names in pool.map(create, range(8)))


def test_text_is_found_by_stem_phrase_and_without_a_word(films: Films) -> None:
    films.create_index([("title", TEXT), ("tags", TEXT)], weights={"title": 10}, name="text")

    def search(words: str) -> list[int]:
        return sorted(film["_id"] for film in films.find({"$text": {"$search": words}}))

    assert search("tear") == [3]
    assert search('"of steel"') == [3]
    assert search("animation -fantasy") == [1, 4]
    score = {"score": {"$meta": "textScore"}}
    best = films.find({"$text": {"$search": "bunny short"}}, score).sort(list(score.items()))
    assert [film["_id"] for film in best] == [1, 3]


def test_documents_vanish_when_their_time_has_come(db: Db, layout: Layout) -> None:
    now = dt.datetime.now(dt.UTC)
    db.sessions.create_index("at", expireAfterSeconds=60)
    db.sessions.insert_many(
        [{"_id": "old", "at": now - dt.timedelta(hours=1)}, {"_id": "new", "at": now}, {"_id": "undated"}]
    )
    assert db.sessions.index_information()["at_1"]["expireAfterSeconds"] == 60
    pool = Pool(connector(layout.conninfo), size=1)
    try:
        expire_documents(pool)
    finally:
        pool.close()
    assert sorted(d["_id"] for d in db.sessions.find()) == ["new", "undated"]
