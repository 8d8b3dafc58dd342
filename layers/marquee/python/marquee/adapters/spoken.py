"""Passages, topics and vectors in the database (`domain.spoken.SpokenStore`), a collection each.

Beside the passage's own fields a document has `asset_id`, `origin_key`, and `search`: the n-grams of its lines and the
first part of its language.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, ReplaceOne

from marquee.adapters.database import Database, Document
from marquee.adapters.documents import models_of, plain, to_document
from marquee.domain.search_terms import asked_grams, grams_of_all
from marquee.domain.spoken import Meaning, Origin, Passage, PassageKind, Topics, Vector

PASSAGES, TOPICS, MEANINGS = "spoken", "topics", "meanings"
BATCH = 100  # in a second or so, also where there is little patience
_SCORE = "score"


class DatabaseSpoken:
    """Written by those who change a film's text, read by the search."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, passages: Sequence[Passage]) -> None:
        self._replace(PASSAGES, [_passage_document(passage) for passage in passages])

    def retain(self, asset_id: str, origins: Collection[Origin]) -> None:
        others: Document = {"asset_id": asset_id, "origin_key": {"$nin": sorted(origin.key for origin in origins)}}
        for collection in (PASSAGES, MEANINGS):
            self._database.run(collection, lambda kept: kept.delete_many(others))

    def like(self, query: str, kind: PassageKind | None, language: str | None, limit: int) -> Sequence[Passage]:
        asked = sorted(asked_grams(query))
        if not asked:
            return ()
        narrowed = {"kind": kind, "search.language": None if language is None else _first_part(language)}
        wanted: Document = {name: value for name, value in narrowed.items() if value is not None}
        pipeline: list[Document] = [
            {"$match": {"search.grams": {"$in": asked}, **wanted}},
            {"$addFields": {_SCORE: {"$size": {"$setIntersection": ["$search.grams", asked]}}}},
            {"$sort": {_SCORE: DESCENDING, "_id": ASCENDING}},
            {"$limit": limit},
            {"$project": {"search": 0}},
        ]
        return models_of(Passage, self._database.run(PASSAGES, lambda kept: list(kept.aggregate(pipeline))))

    def those(self, passage_ids: Sequence[str]) -> Sequence[Passage]:
        wanted = {"_id": {"$in": list(passage_ids)}}
        found = self._database.run(PASSAGES, lambda kept: list(kept.find(wanted).sort("_id", ASCENDING)))
        return models_of(Passage, found)

    def describe(self, topics: Topics) -> None:
        document = {
            "_id": topics.asset_id,
            **plain(topics.model_dump()),
            "names": sorted({topic.name for topic in topics.topics}),
        }
        self._replace(TOPICS, [document])

    def topics_of(self, asset_id: str) -> Topics | None:
        found = self._database.run(TOPICS, lambda kept: kept.find_one({"_id": asset_id}))
        return None if found is None else Topics.model_validate(found)

    def sharing(self, names: Sequence[str], limit: int) -> Sequence[Topics]:
        asked = sorted(set(names))
        pipeline: list[Document] = [
            {"$match": {"names": {"$in": asked}}},
            {"$addFields": {_SCORE: {"$size": {"$setIntersection": ["$names", asked]}}}},
            {"$sort": {_SCORE: DESCENDING, "_id": DESCENDING}},
            {"$limit": limit},
        ]
        found = self._database.run(TOPICS, lambda kept: list(kept.aggregate(pipeline))) if asked else []
        return [Topics.model_validate(document) for document in found]

    def put_meanings(self, meanings: Sequence[Meaning]) -> None:
        self._replace(MEANINGS, [_meaning_document(meaning) for meaning in meanings])

    def meanings_of(self, asset_id: str) -> Mapping[str, Vector]:
        wanted = {"asset_id": asset_id}
        found = self._database.run(MEANINGS, lambda kept: list(kept.find(wanted).sort("_id", ASCENDING)))
        return {document["digest"]: _vector(document) for document in found}

    def meanings(self, limit: int) -> Sequence[Meaning]:
        # Ids begin with their asset's, which sort by time.
        found = self._database.run(MEANINGS, lambda kept: list(kept.find({}).sort("_id", DESCENDING).limit(limit)))
        return [
            Meaning(
                passage_id=document["_id"],
                asset_id=document["asset_id"],
                digest=document["digest"],
                vector=_vector(document),
            )
            for document in found
        ]

    def forget(self, asset_id: str) -> None:
        self.retain(asset_id, ())
        self._database.run(TOPICS, lambda kept: kept.delete_one({"_id": asset_id}))

    def _replace(self, collection: str, documents: Sequence[Document]) -> None:
        """The same write twice leaves the same."""
        for start in range(0, len(documents), BATCH):
            writes = [
                ReplaceOne({"_id": document["_id"]}, document, upsert=True)
                for document in documents[start : start + BATCH]
            ]
            self._database.run(collection, lambda kept, batch=writes: kept.bulk_write(batch, ordered=False))  # type: ignore[misc]


def _passage_document(passage: Passage) -> Document:
    language = None if passage.language is None else _first_part(passage.language)
    return {
        **to_document(passage),
        "asset_id": passage.origin.asset_id,
        "origin_key": passage.origin.key,
        "search": {"grams": sorted(grams_of_all(line.text for line in passage.lines)), "language": language},
    }


def _meaning_document(meaning: Meaning) -> Document:
    return {
        "_id": meaning.passage_id,
        "asset_id": meaning.asset_id,
        "origin_key": meaning.passage_id.rpartition(":")[0],
        "digest": meaning.digest,
        # four bytes a number: a library's worth of them is read at once
        "vector": array("f", meaning.vector).tobytes(),
    }


def _vector(document: Mapping[str, Any]) -> Vector:
    return tuple(array("f", bytes(document["vector"])))


def _first_part(language: str) -> str:
    return language.partition("-")[0].casefold()
