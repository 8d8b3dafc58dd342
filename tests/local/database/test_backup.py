"""A backup of the real engine is what was there, byte for byte, and is restored whole or not at all."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from bson import Decimal128, Int64, ObjectId
from marquee.adapters.database import Database as ServiceDatabase
from marquee.adapters.schema import DatabaseSchema
from pymongo.database import Database

from local.backup import BackupError, connect, read_counts, restore_backup, write_backup

NOW = datetime(2026, 11, 21, 12, 0, 0, 123_000, tzinfo=UTC)
ODD = {
    "_id": "job_1",
    "long": Int64(2**60),
    "small": 3,
    "real": 0.1,
    "exact": Decimal128("1.10"),
    "at": NOW,
    "bytes": b"\x00\xff",
    "id": ObjectId("0123456789abcdef01234567"),
    "nothing": None,
    "deep": {"list": [1, {"ü": "€"}]},
}


@pytest.fixture
def documents(database_uri: str) -> Iterator[Database[Any]]:
    """A database of its own in the real engine."""
    with connect(database_uri) as client:
        yield client[f"backup_{uuid4().hex[:8]}"]


@pytest.fixture
def elsewhere(database_uri: str) -> Iterator[Database[Any]]:
    with connect(database_uri) as client:
        yield client[f"restored_{uuid4().hex[:8]}"]


def everything(database: Database[Any]) -> dict[str, list[bytes]]:
    return {
        name: [document.raw for document in database[name].find({}).sort("_id", 1)]
        for name in sorted(database.list_collection_names())
    }


def indexes(database: Database[Any]) -> dict[str, set[str]]:
    return {name: {i["name"] for i in database[name].list_indexes()} for name in database.list_collection_names()}


def filled(database: Database[Any], count: int = 1203) -> Database[Any]:
    database["jobs"].insert_one(dict(ODD))
    database["movies"].insert_many([{"_id": f"m{n:05}", "title": f"Film {n}"} for n in range(count)])
    database["movies"].create_index([("title", 1)], name="by_title", unique=True)
    database.create_collection("empty")
    return database


def test_what_is_restored_is_what_was_there(documents: Database[Any], elsewhere: Database[Any], tmp_path: Path) -> None:
    filled(documents)
    counts = write_backup(documents, tmp_path / "backup")
    assert counts == read_counts(tmp_path / "backup") == {"empty": 0, "jobs": 1, "movies": 1203}
    assert restore_backup(elsewhere, tmp_path / "backup", replace=False) == counts
    assert everything(elsewhere) == everything(documents)
    assert indexes(elsewhere) == indexes(documents)


def test_a_restored_index_still_refuses_what_it_must(
    documents: Database[Any], elsewhere: Database[Any], tmp_path: Path
) -> None:
    from pymongo.errors import DuplicateKeyError

    write_backup(filled(documents, 2), tmp_path / "backup")
    restore_backup(elsewhere, tmp_path / "backup", replace=False)
    with pytest.raises(DuplicateKeyError):
        elsewhere["movies"].insert_one({"_id": "other", "title": "Film 1"})


def test_the_service_s_own_indexes_come_back(database_uri: str, elsewhere: Database[Any], tmp_path: Path) -> None:
    name = f"migrated_{uuid4().hex[:8]}"
    service = ServiceDatabase(lambda: database_uri, name)
    DatabaseSchema(service).create_missing_indexes()
    service.close()
    with connect(database_uri) as client:
        write_backup(client[name], tmp_path / "backup")
        restore_backup(elsewhere, tmp_path / "backup", replace=False)
        assert indexes(elsewhere) == indexes(client[name])


def test_what_was_changed_added_or_deleted_since_is_undone(documents: Database[Any], tmp_path: Path) -> None:
    before = everything(filled(documents))
    write_backup(documents, tmp_path / "backup")
    documents["movies"].delete_many({"_id": {"$gte": "m00100"}})
    documents["jobs"].update_one({"_id": "job_1"}, {"$set": {"small": 4}})
    documents["mistakes"].insert_one({"_id": 1})
    restore_backup(documents, tmp_path / "backup", replace=True)
    assert everything(documents) == before


def test_a_database_with_something_in_it_is_not_replaced_unasked(documents: Database[Any], tmp_path: Path) -> None:
    write_backup(filled(documents, 3), tmp_path / "backup")
    documents["movies"].insert_one({"_id": "new"})
    before = everything(documents)
    with pytest.raises(BackupError, match="not empty"):
        restore_backup(documents, tmp_path / "backup", replace=False)
    assert everything(documents) == before


def test_a_damaged_backup_changes_nothing(documents: Database[Any], tmp_path: Path) -> None:
    before = everything(filled(documents, 800))
    whole = tmp_path / "backup"
    write_backup(documents, whole)
    content = gzip.decompress(whole.read_bytes())
    damaged = {
        "cut": whole.read_bytes()[:-40],
        "without an end": gzip.compress(content[: content.rfind(b"\x03end\x00") - 4]),
        "something else": b"%PDF-1.7",
        "of another kind": gzip.compress(b"\x05\x00\x00\x00\x00"),
    }
    for name, wrong in damaged.items():
        (tmp_path / name).write_bytes(wrong)
        with pytest.raises(BackupError):
            restore_backup(documents, tmp_path / name, replace=True)
        assert everything(documents) == before, name


def test_a_restore_that_was_killed_half_way_is_repeated(documents: Database[Any], tmp_path: Path) -> None:
    before = everything(filled(documents, 3))
    write_backup(documents, tmp_path / "backup")
    documents["restoring.movies"].insert_one({"_id": "of the one before"})
    restore_backup(documents, tmp_path / "backup", replace=True)
    assert everything(documents) == before


def test_a_backup_that_is_not_whole_does_not_take_the_place_of_the_last_one(
    documents: Database[Any], tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    write_backup(filled(documents, 3), file)
    kept = file.read_bytes()

    class Dying:
        """A database that goes away when its second collection is read."""

        name = "marquee"

        def list_collection_names(self) -> list[str]:
            return documents.list_collection_names()

        def __getitem__(self, name: str) -> Any:
            if name == "movies":
                raise OSError("gone")
            return documents[name]

    with pytest.raises(OSError, match="gone"):
        write_backup(Dying(), file)  # type: ignore[arg-type]
    assert file.read_bytes() == kept
