"""Passages, topics and vectors in the database (`domain.spoken.SpokenStore`), a collection each.

Beside the passage's own fields a document has `asset_id`, `origin_key`, and `search`: its words, and the first part of
its language. Each word of all passages is kept once, with its n-grams, in `vocabulary`: a passage has too many n-grams
to be looked for by them.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, ReplaceOne

from marquee.adapters.database import Database, Document
from marquee.adapters.documents import models_of, plain, to_document
from marquee.domain.search_terms import grams
from marquee.domain.spoken import Meaning, Narrowed, Origin, Passage, Topics, Vector, first_part

PASSAGES, VOCABULARY, TOPICS, MEANINGS = "spoken", "vocabulary", "topics", "meanings"
BATCH = 100  # in a second or so, also where there is little patience
_SCORE = "score"
_LAST = "\uffff"  # behind every letter that words are made of


class DatabaseSpoken:
    """Written by those who change a film's text, read by the search."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, passages: Sequence[Passage]) -> None:
        words = frozenset().union(*(passage.words for passage in passages))
        new = sorted(words - self.known(words))
        # The words first: a passage that is there can be found.
        self._replace(VOCABULARY, [{"_id": word, "grams": sorted(grams(word))} for word in new])
        self._replace(PASSAGES, [_passage_document(passage) for passage in passages])

    def retain(self, asset_id: str, origins: Collection[Origin]) -> None:
        others: Document = {"asset_id": asset_id, "origin_key": {"$nin": sorted(origin.key for origin in origins)}}
        for collection in (PASSAGES, MEANINGS):
            self._database.run(collection, lambda kept: kept.delete_many(others))

    def known(self, words: Collection[str]) -> frozenset[str]:
        wanted = {"_id": {"$in": sorted(words)}}
        found = self._database.run(VOCABULARY, lambda kept: list(kept.find(wanted, {"_id": 1}).sort("_id", ASCENDING)))
        return frozenset(document["_id"] for document in found)

    def resembling(self, word: str, limit: int) -> Sequence[str]:
        asked = sorted(grams(word))
        pipeline: list[Document] = [
            {"$match": {"grams": {"$in": asked}}},
            {"$addFields": {_SCORE: {"$size": {"$setIntersection": ["$grams", asked]}}}},
            {"$sort": {_SCORE: DESCENDING, "_id": ASCENDING}},
            {"$limit": limit},
            {"$project": {"_id": 1}},
        ]
        return [
            document["_id"] for document in self._database.run(VOCABULARY, lambda kept: list(kept.aggregate(pipeline)))
        ]

    def beginning(self, start: str, limit: int) -> Sequence[str]:
        wanted = {"_id": {"$gte": start, "$lt": start + _LAST}}
        found = self._database.run(
            VOCABULARY, lambda kept: list(kept.find(wanted, {"_id": 1}).sort("_id", ASCENDING).limit(limit))
        )
        return [document["_id"] for document in found]

    def with_words(
        self, choices: Sequence[Collection[str]], needed: int, narrowed: Narrowed, limit: int
    ) -> Sequence[Passage]:
        if not 0 < needed <= len(choices):
            return ()
        lists = [sorted(choice) for choice in choices]
        must: Document = {"$and": [*_must(lists, needed), *_narrowed(narrowed)]}
        if len(lists) == 1:
            # A word that most passages have: the first ones are found without looking at all of them.
            found = self._database.run(PASSAGES, lambda kept: list(kept.find(must).sort("_id", ASCENDING).limit(limit)))
            return models_of(Passage, found)
        met: list[Document] = [
            {"$cond": [{"$gt": [{"$size": {"$setIntersection": ["$search.words", choice]}}, 0]}, 1, 0]}
            for choice in lists
        ]
        pipeline: list[Document] = [
            {"$match": must},
            {"$addFields": {_SCORE: {"$add": met}}},
            {"$match": {_SCORE: {"$gte": needed}}},
            {"$sort": {_SCORE: DESCENDING, "_id": ASCENDING}},
            {"$limit": limit},
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
    language = None if passage.language is None else first_part(passage.language)
    return {
        **to_document(passage),
        "asset_id": passage.origin.asset_id,
        "origin_key": passage.origin.key,
        "search": {"words": sorted(passage.words), "language": language},
    }


def _must(choices: Sequence[list[str]], needed: int) -> list[Document]:
    """What the index is asked for. All choices, where all are needed; else whoever has enough of them has one of any
    that are one more than may be missing: the longest words are the rarest."""
    if needed == len(choices):
        return [{"search.words": {"$in": choice}} for choice in choices]
    rarest = sorted(choices, key=lambda choice: -max(map(len, choice)))[: len(choices) - needed + 1]
    return [{"search.words": {"$in": sorted({word for choice in rarest for word in choice})}}]


def _narrowed(narrowed: Narrowed) -> list[Document]:
    language = None if narrowed.language is None else first_part(narrowed.language)
    asked = {"kind": narrowed.kind, "search.language": language}
    return [{field: value} for field, value in asked.items() if value is not None]


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
