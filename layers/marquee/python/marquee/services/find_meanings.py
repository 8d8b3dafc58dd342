"""Passages that mean what is asked, by their vectors: compared one by one, for libraries of some hundred hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from operator import mul
from typing import NamedTuple

from marquee.domain.spoken import Embeddings, SpokenStore, Vector

# An hour of talk is some two hundred passages. Beyond this the oldest films are found by their words alone.
MAX_MEANINGS = 5_000
NEAREST = 30
# Below this a text of the same language is near everything.
LEAST_SIMILARITY = 0.3


class Near(NamedTuple):
    """`similarity` 0..1: the cosine."""

    similarity: float
    passage_id: str


@dataclass(frozen=True)
class FindMeanings:
    """The nearest first."""

    spoken: SpokenStore
    embeddings: Embeddings

    def __call__(self, query: str) -> Sequence[Near]:
        """Raises what the maker of vectors and the database raise."""
        (asked,) = self.embeddings.embed([query])
        compared = (
            Near(min(1.0, _cosine(asked, meaning.vector)), meaning.passage_id)
            for meaning in self.spoken.meanings(MAX_MEANINGS)
            if len(meaning.vector) == len(asked)  # of another maker, not made anew yet
        )
        return nlargest(NEAREST, (near for near in compared if near.similarity >= LEAST_SIMILARITY))


def _cosine(one: Vector, other: Vector) -> float:
    """Of vectors of length 1."""
    return float(sum(map(mul, one, other)))
