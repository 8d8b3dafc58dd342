"""What is said in films, in memory, as strict as the real store; and a maker of vectors that knows some words."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from marquee.domain.errors import TransientError
from marquee.domain.search_terms import fold, grams
from marquee.domain.spoken import Meaning, Narrowed, Origin, Passage, Topics, Vector


class MemorySpoken:
    """`SpokenStore`. `away` makes it a database that nobody can reach."""

    def __init__(self) -> None:
        self.passages: dict[str, Passage] = {}
        self.vocabulary: frozenset[str] = frozenset()
        self.topics: dict[str, Topics] = {}
        self.vectors: dict[str, Meaning] = {}
        self.away = False

    def put(self, passages: Sequence[Passage]) -> None:
        self._ask()
        self.passages.update({passage.id: passage for passage in passages})
        self.vocabulary = self.vocabulary.union(*(passage.words for passage in passages))

    def retain(self, asset_id: str, origins: Collection[Origin]) -> None:
        self._ask()
        kept = {origin.key for origin in origins}
        self.passages = {
            key: passage
            for key, passage in self.passages.items()
            if passage.origin.asset_id != asset_id or passage.origin.key in kept
        }
        self.vectors = {
            key: meaning
            for key, meaning in self.vectors.items()
            if meaning.asset_id != asset_id or key.rpartition(":")[0] in kept
        }

    def known(self, words: Collection[str]) -> frozenset[str]:
        self._ask()
        return self.vocabulary & frozenset(words)

    def resembling(self, word: str, limit: int) -> Sequence[str]:
        self._ask()
        shared = {other: len(grams(word) & grams(other)) for other in self.vocabulary}
        return sorted((other for other in shared if shared[other]), key=lambda other: (-shared[other], other))[:limit]

    def beginning(self, start: str, limit: int) -> Sequence[str]:
        self._ask()
        return sorted(word for word in self.vocabulary if word.startswith(start))[:limit]

    def with_words(
        self, choices: Sequence[Collection[str]], needed: int, narrowed: Narrowed, limit: int
    ) -> Sequence[Passage]:
        self._ask()
        met = {
            passage.id: sum(bool(passage.words & set(choice)) for choice in choices)
            for passage in self.passages.values()
            if narrowed.accepts(passage)
        }
        found = sorted((key for key in met if met[key] >= needed > 0), key=lambda key: (-met[key], key))
        return [self.passages[key] for key in found[:limit]]

    def those(self, passage_ids: Sequence[str]) -> Sequence[Passage]:
        self._ask()
        return [self.passages[key] for key in passage_ids if key in self.passages]

    def describe(self, topics: Topics) -> None:
        self._ask()
        self.topics[topics.asset_id] = topics

    def topics_of(self, asset_id: str) -> Topics | None:
        self._ask()
        return self.topics.get(asset_id)

    def sharing(self, names: Sequence[str], limit: int) -> Sequence[Topics]:
        self._ask()
        shared = {
            asset_id: len({topic.name for topic in topics.topics} & set(names))
            for asset_id, topics in self.topics.items()
        }
        newest = sorted((asset_id for asset_id in shared if shared[asset_id]), reverse=True)
        return [self.topics[asset_id] for asset_id in sorted(newest, key=lambda one: -shared[one])[:limit]]

    def put_meanings(self, meanings: Sequence[Meaning]) -> None:
        self._ask()
        self.vectors.update({meaning.passage_id: meaning for meaning in meanings})

    def meanings_of(self, asset_id: str) -> Mapping[str, Vector]:
        self._ask()
        return {m.digest: m.vector for m in self.vectors.values() if m.asset_id == asset_id}

    def meanings(self, limit: int) -> Sequence[Meaning]:
        self._ask()
        return [self.vectors[key] for key in sorted(self.vectors, reverse=True)[:limit]]

    def forget(self, asset_id: str) -> None:
        self.retain(asset_id, ())
        self.topics.pop(asset_id, None)

    def _ask(self) -> None:
        if self.away:
            raise TransientError("The database cannot be reached.")


class WordEmbeddings:
    """`Embeddings` that know which words mean the same: each of `meanings` is a direction."""

    name = "words"

    def __init__(self, *meanings: frozenset[str]) -> None:
        self._meanings = meanings
        self.asked: list[str] = []
        self.away = False

    def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        if self.away:
            raise TransientError("Nobody makes vectors just now.")
        self.asked += texts
        return [self._one(set(fold(text).split())) for text in texts]

    def _one(self, words: set[str]) -> Vector:
        counts = [float(len(words & meaning)) for meaning in self._meanings]
        length = math.hypot(*counts)
        # What means nothing that is known means something of its own.
        return (*((count / length for count in counts) if length else counts), 0.0 if length else 1.0)
