"""The schema of the real database (`domain.schema.Schema`): its indexes and the steps its documents went through."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, TEXT, IndexModel, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from marquee.adapters.database import Database, Document
from marquee.adapters.documents import models_of
from marquee.adapters.indexes import INDEXES, RETIRED
from marquee.adapters.movies import COLLECTION as MOVIES
from marquee.adapters.movies import search_fields
from marquee.domain.movies import Movie
from marquee.domain.schema import Indexing, Step
from marquee.domain.search_terms import GRAMS_VERSION

COLLECTION = "schema"
BATCH = 500
_INDEX_NOT_FOUND = 27

logger = logging.getLogger("marquee.schema")


class DatabaseSchema:
    """One document a step that is done, in the collection `schema`; indexes speak for themselves."""

    def __init__(
        self,
        database: Database,
        *,
        indexes: Mapping[str, Sequence[IndexModel]] = INDEXES,
        retired: Mapping[str, frozenset[str]] = RETIRED,
    ) -> None:
        self._database = database
        self._indexes = indexes
        self._retired = retired

    @property
    def steps(self) -> Sequence[Step]:
        # Each version of the terms is a step of its own: one that is recorded as done does not run again.
        return (
            Step(1, "search terms of movies, version 1", self._store_search_terms),
            Step(2, "search terms of movies, version 2", self._store_search_terms),
        )

    def done(self) -> frozenset[int]:
        steps = self._database.run(COLLECTION, lambda schema: list(schema.find().sort("_id", ASCENDING)))
        return frozenset(step["_id"] for step in steps)

    def record(self, step: Step, now: datetime) -> None:
        change = {"$set": {"name": step.name, "kind": step.kind, "done_at": now}}
        self._database.run(COLLECTION, lambda schema: schema.update_one({"_id": step.number}, change, upsert=True))

    def create_missing_indexes(self) -> Indexing:
        created: list[str] = []
        unavailable: list[str] = []
        for collection, wanted in self._indexes.items():
            there = self._names(collection)
            for index in wanted:
                name = str(index.document["name"])
                if name in there:
                    continue
                made = self._create(collection, index)
                (created if made else unavailable).append(f"{collection}.{name}")
        return Indexing(created=tuple(created), unavailable=tuple(unavailable))

    def drop_retired_indexes(self) -> Sequence[str]:
        dropped: list[str] = []
        for collection, names in self._retired.items():
            for name in sorted(names & self._names(collection)):
                self._drop(collection, name)
                dropped.append(f"{collection}.{name}")
        return dropped

    def _names(self, collection: str) -> frozenset[str]:
        return self._database.run(collection, lambda target: frozenset(target.index_information()))

    def _create(self, collection: str, index: IndexModel) -> bool:
        """False when the engine has no text indexes: search goes by n-grams alone then. Others must be."""
        try:
            self._database.run(collection, lambda target: target.create_indexes([index]))
        except OperationFailure as error:
            if not _is_text(index):
                raise
            logger.warning("no text index", extra={"collection": collection, "reason": str(error)})
            return False
        return True

    def _drop(self, collection: str, name: str) -> None:
        def drop(target: Collection[Document]) -> None:
            try:
                target.drop_index(name)
            except OperationFailure as error:
                if error.code != _INDEX_NOT_FOUND:  # another one was quicker
                    raise

        self._database.run(collection, drop)

    def _store_search_terms(self) -> int:
        """Movies whose terms are of another version get them anew; those changed meanwhile have them already."""
        outdated = {"search.version": {"$ne": GRAMS_VERSION}}
        changed = 0
        while True:
            documents = self._database.run(
                MOVIES, lambda movies: list(movies.find(outdated).sort("_id", ASCENDING).limit(BATCH))
            )
            if not documents:
                return changed
            updates = [_with_terms(movie) for movie in models_of(Movie, documents)]
            self._database.run(MOVIES, lambda movies, batch=updates: movies.bulk_write(batch, ordered=False))  # type: ignore[misc]
            # Not what was modified: one that is changed by another has been seen to all the same.
            changed += len(documents)


def _with_terms(movie: Movie) -> UpdateOne:
    return UpdateOne({"_id": movie.id, "version": movie.version}, {"$set": {"search": search_fields(movie)}})


def _is_text(index: IndexModel) -> bool:
    keys: Mapping[str, Any] = index.document["key"]
    return TEXT in keys.values()
