"""The whole database as one file, and back: whatever speaks MongoDB's protocol, here or elsewhere.

The file is gzip of BSON documents, one after another: a head, for each collection its name and indexes and then its
documents, and at the end how many there were. A file without its end is not taken.

A backup of a service that runs is of each collection a moment later than of the one before: what the difference leaves
undone, reconcile does. The films themselves are files beside the database and are in no backup of it.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, cast

from bson import decode_file_iter, encode
from bson.errors import BSONError
from bson.raw_bson import DEFAULT_RAW_BSON_OPTIONS, RawBSONDocument
from pymongo import MongoClient
from pymongo.database import Database

DATABASE = "marquee"
FORMAT = 1
BATCH = 500
# A database that is silent for so long in the middle of an answer has gone.
SILENCE_MS = 60_000
# What is being restored stands beside what is there until all of it is; then it takes its place.
_BESIDE = "restoring."
# Of what `listIndexes` says these are no part of an order to make one.
_SAID_OF_INDEXES = frozenset({"ns", "v"})
_OWN_INDEX = "_id_"

Documents = Database[RawBSONDocument]
Counts = dict[str, int]


class BackupError(Exception):
    """A file or a database that this cannot be done with; a sentence for people."""


def connect(uri: str) -> MongoClient[RawBSONDocument]:
    """Documents come and go as the bytes that they are: nothing is rounded or left out on the way."""
    return MongoClient(
        uri,
        retryWrites=False,
        serverSelectionTimeoutMS=10_000,
        socketTimeoutMS=SILENCE_MS,
        document_class=RawBSONDocument,
        tz_aware=True,
    )


def write_backup(database: Documents, file: Path) -> Counts:
    """How many documents of each collection are in `file`, which is there whole or not at all."""
    counts: Counts = {}
    unfinished = file.with_name(f"{file.name}.part")
    with gzip.open(unfinished, "wb", compresslevel=6) as out:
        out.write(encode({"marquee_backup": FORMAT, "at": datetime.now(UTC), "database": database.name}))
        for name in _collections(database):
            out.write(encode({"collection": name, "indexes": _indexes(database, name)}))
            counts[name] = 0
            for document in database[name].find({}).sort("_id", 1).batch_size(BATCH):
                out.write(encode({"d": document}))
                counts[name] += 1
        out.write(encode({"end": counts}))
    _to_disk(unfinished)
    unfinished.rename(file)
    return counts


def read_counts(file: Path) -> Counts:
    """What a backup holds, by its end; every document is read on the way. Raises BackupError."""
    counts: Counts = {}
    for entry in _entries(file):
        if "collection" in entry:
            counts[(name := str(entry["collection"]))] = 0
        elif "d" in entry:
            counts[name] += 1
        elif "end" in entry:
            if dict(entry["end"]) != counts:
                raise BackupError(f"{file} does not hold what its end says: it is damaged.")
            return counts
    raise BackupError(f"{file} has no end: it was not written whole.")


def restore_backup(database: Documents, file: Path, *, replace: bool) -> Counts:
    """Make the database what the backup holds, and nothing else. Safe to repeat when it was interrupted.

    Everything is loaded beside what is there, with its indexes; only then it takes its place, a collection at a
    time. Raises BackupError for a damaged file and, without `replace`, for a database that is not empty.
    """
    counts = read_counts(file)
    before = _collections(database)
    if before and not replace:
        raise BackupError("The database is not empty: what is in it would be lost. Say --replace if that is meant.")
    for left in database.list_collection_names():
        if left.startswith(_BESIDE):
            database.drop_collection(left)
    _load(database, file)
    for name in counts:
        database[f"{_BESIDE}{name}"].rename(name, dropTarget=True)
    for name in set(before) - counts.keys():
        database.drop_collection(name)
    return counts


def _load(database: Documents, file: Path) -> None:
    beside, batch = "", list[Any]()
    for entry in _entries(file):
        if "d" in entry:
            batch.append(entry["d"])
        if len(batch) == BATCH or (batch and "d" not in entry):
            database[beside].insert_many(batch)
            batch = []
        if "collection" in entry:
            beside = f"{_BESIDE}{entry['collection']}"
            database.create_collection(beside)
            if indexes := [_plain(index) for index in entry["indexes"]]:
                database.command("createIndexes", beside, indexes=indexes)


def _entries(file: Path) -> Iterator[Mapping[str, Any]]:
    """Raises BackupError for what is no backup, or one that this release cannot read."""
    try:
        with gzip.open(file, "rb") as source:
            entries = decode_file_iter(cast("Any", source), DEFAULT_RAW_BSON_OPTIONS)
            for head in islice(entries, 1):
                if head.get("marquee_backup") != FORMAT:
                    raise BackupError(f"{file} is no backup that this release can read.")
            yield from entries
    except (OSError, EOFError, BSONError) as error:
        raise BackupError(f"{file} cannot be read: {error}") from error


def _collections(database: Documents) -> list[str]:
    return sorted(name for name in database.list_collection_names() if not name.startswith(("system.", _BESIDE)))


def _indexes(database: Documents, collection: str) -> Sequence[Mapping[str, Any]]:
    """Orders to make them again; the one of `_id` makes itself."""
    return [
        {name: value for name, value in index.items() if name not in _SAID_OF_INDEXES}
        for index in database[collection].list_indexes()
        if index["name"] != _OWN_INDEX
    ]


def _plain(index: Mapping[str, Any]) -> dict[str, Any]:
    return dict(index.items())


def _to_disk(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
