"""Watch progress in the database (`domain.watch_stores.WatchStore`): one document a viewer and movie.

The state is in it whole; the fields beside it are what is asked for by queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import pymongo
from pymongo import DESCENDING, ReplaceOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from marquee.adapters.database import Database, Document
from marquee.adapters.documents import plain
from marquee.domain.watch_stores import Kept, WatchKey, order_of
from marquee.domain.watching import ContinueRule, Watched

COLLECTION = "watch_progress"
_DUPLICATE_KEY = 11000

Result = TypeVar("Result")


class DatabaseWatch:
    """States by viewer and movie."""

    def __init__(self, database: Database, *, within_seconds: float | None = None) -> None:
        """`within_seconds`: how long one call may take with all its tries, for those who answer somebody; the
        connection's own limits if left out."""
        self._database = database
        self._within_seconds = within_seconds

    def get(self, key: WatchKey) -> Kept | None:
        return self.read([key]).get(key)

    def read(self, keys: Sequence[WatchKey]) -> Mapping[WatchKey, Kept]:
        wanted = {"_id": {"$in": [_id(key) for key in keys]}}
        found = self._run(lambda states: list(states.find(wanted).sort("_id", 1)))
        return {kept.key: kept for kept in map(_kept, found)}

    def write(self, changes: Sequence[Kept], *, direct: bool = False) -> frozenset[WatchKey]:
        # A state that is not at that version any more is not found, so that it would be inserted: and there it
        # is already. One kind of write tells us of every conflict, of new states and of old ones.
        writes = [
            ReplaceOne({"_id": _id(change.key), "version": change.version}, _document(change, direct), upsert=True)
            for change in changes
        ]
        if not writes:
            return frozenset()
        conflicts = self._run(lambda states: _conflicts(states, writes))
        return frozenset(changes[index].key for index in conflicts)

    def page(
        self, viewer: str, rule: ContinueRule, limit: int, before: str | None, without: Sequence[str]
    ) -> Sequence[Kept]:
        wanted: Document = {
            "viewer_id": viewer,
            "fraction": {"$gte": rule.from_fraction, "$lt": rule.below_fraction},
            "duration_seconds": {"$gte": rule.minimum_duration_seconds},
            "movie_id": {"$nin": list(without)},
        }
        if before is not None:
            wanted["order"] = {"$lt": before}
        found = self._database.run(
            COLLECTION, lambda states: list(states.find(wanted).sort("order", DESCENDING).limit(limit))
        )
        return [_kept(document) for document in found]

    def of_viewer(self, viewer: str) -> Iterator[Kept]:
        wanted = {"viewer_id": viewer}
        found = self._run(lambda states: list(states.find(wanted).sort("order", DESCENDING)))
        return map(_kept, found)

    def delete(self, viewer: str) -> int:
        return self._run(lambda states: states.delete_many({"viewer_id": viewer}).deleted_count)

    def written_directly(self, limit: int) -> Sequence[Kept]:
        found = self._database.run(
            COLLECTION, lambda states: list(states.find({"direct": True}).sort("_id", 1).limit(limit))
        )
        return [_kept(document) for document in found]

    def settle(self, kept: Kept) -> None:
        known = {"_id": _id(kept.key), "version": kept.version}
        self._run(lambda states: states.update_one(known, {"$unset": {"direct": ""}}))

    def _run(self, operation: Callable[[Collection[Document]], Result]) -> Result:
        with pymongo.timeout(self._within_seconds):
            return self._database.run(COLLECTION, operation)


def _conflicts(states: Collection[Document], writes: Sequence[ReplaceOne[Document]]) -> list[int]:
    """Indexes of the writes that found another version."""
    try:
        states.bulk_write(writes, ordered=False)
    except BulkWriteError as error:
        errors: list[dict[str, Any]] = error.details["writeErrors"]
        if any(item["code"] != _DUPLICATE_KEY for item in errors):
            raise
        return [int(item["index"]) for item in errors]
    return []


def _document(change: Kept, direct: bool) -> Document:
    viewer, movie_id = change.key
    current = change.state.current
    return {
        "_id": _id(change.key),
        "viewer_id": viewer,
        "movie_id": movie_id,
        "version": change.version + 1,
        "order": order_of(movie_id, change.state.sequence if current is None else current.sequence),
        "fraction": 0.0 if current is None else current.fraction,
        "position_seconds": 0.0 if current is None else current.position_seconds,
        "duration_seconds": 0.0 if current is None else current.duration_seconds,
        "completed": change.state.status == "completed",
        "updated_at": datetime.fromtimestamp(change.state.sequence / 1000, UTC),
        "state": plain(change.state.model_dump()),
        **({"direct": True} if direct else {}),
    }


def _kept(document: Document) -> Kept:
    key = WatchKey(document["viewer_id"], document["movie_id"])
    return Kept(key, Watched.model_validate(document["state"]), document["version"])


def _id(key: WatchKey) -> str:
    return f"{key.viewer}/{key.movie_id}"
