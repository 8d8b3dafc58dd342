"""Many clients at once: compare-and-set holds, nothing is lost."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

Db = Database[dict[str, Any]]
_THREADS = 8
_KEYS = 60


def test_every_job_is_claimed_by_one(db: Db) -> None:
    db.jobs.insert_many([{"_id": n, "status": "pending"} for n in range(100)])

    def claim_all(worker: int) -> list[int]:
        claimed = []
        while True:
            job = db.jobs.find_one_and_update({"status": "pending"}, {"$set": {"status": worker}})
            if job is None:
                return claimed
            claimed.append(job["_id"])

    with ThreadPoolExecutor(_THREADS) as pool:
        claims = Counter(number for numbers in pool.map(claim_all, range(_THREADS)) for number in numbers)
    assert claims == Counter(range(100))


def test_a_version_is_advanced_by_one_writer_at_a_time(db: Db) -> None:
    db.jobs.insert_one({"_id": 1, "version": 0})

    def advance(_: int) -> int:
        won = 0
        for version in range(50):
            result = db.jobs.update_one({"_id": 1, "version": version}, {"$inc": {"version": 1}})
            won += result.modified_count
        return won

    with ThreadPoolExecutor(_THREADS) as pool:
        wins = sum(pool.map(advance, range(_THREADS)))
    assert (db.jobs.find_one() or {})["version"] == wins <= 50


def test_no_increment_is_lost(db: Db) -> None:
    db.counters.insert_one({"_id": 1, "n": 0})

    def increment(_: int) -> None:
        for _ in range(50):
            db.counters.update_one({"_id": 1}, {"$inc": {"n": 1}})

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(increment, range(_THREADS)))
    assert (db.counters.find_one() or {})["n"] == _THREADS * 50


def test_one_of_many_creates_by_upsert(db: Db) -> None:
    """Of each key; so many at once that PostgreSQL meets deadlocks, of which no client hears."""
    db.uploads.create_index("key", unique=True)

    def create(number: int) -> bool:
        key = number // _THREADS
        try:
            result = db.uploads.update_one({"key": key}, {"$setOnInsert": {"by": number}}, upsert=True)
        except DuplicateKeyError:
            return False
        return result.upserted_id is not None

    with ThreadPoolExecutor(_THREADS) as pool:
        assert sum(pool.map(create, range(_KEYS * _THREADS))) == _KEYS
    assert db.uploads.count_documents({}) == _KEYS


def test_collections_are_made_by_whoever_comes_first(db: Db) -> None:
    def insert(worker: int) -> None:
        for number in range(5):
            db[f"new_{number}"].insert_one({"by": worker})

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(insert, range(_THREADS)))
    assert [db[f"new_{number}"].count_documents({}) for number in range(5)] == [_THREADS] * 5
