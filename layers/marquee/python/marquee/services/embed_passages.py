"""Vectors of passages, for a search by meaning: an option, for environments that have somebody to make them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from marquee.domain.spoken import Embeddings, Meaning, Passage, SpokenStore, Vector

# So many at once, and no more begun after so long: who calls has more to do, and what has no vector yet gets it
# with the film's next change.
BATCH = 32
PATIENCE_SECONDS = 15.0


@dataclass(frozen=True)
class EmbedPassages:
    """What has a vector keeps it: an edit of one line is not all of a film anew."""

    spoken: SpokenStore
    embeddings: Embeddings
    monotonic: Callable[[], float] = time.monotonic

    def __call__(self, asset_id: str, passages: Sequence[Passage]) -> None:
        """Raises what the maker of vectors raises; what he made before is kept."""
        if not passages:
            return
        until = self.monotonic() + PATIENCE_SECONDS
        known = self.spoken.meanings_of(asset_id)
        self._put(asset_id, [(p, vector) for p in passages if (vector := known.get(self._digest(p))) is not None])
        missing = [passage for passage in passages if self._digest(passage) not in known]
        for start in range(0, len(missing), BATCH):
            if self.monotonic() > until:
                return
            batch = missing[start : start + BATCH]
            vectors = self.embeddings.embed([passage.text for passage in batch])
            self._put(asset_id, list(zip(batch, vectors, strict=True)))

    def _put(self, asset_id: str, made: Sequence[tuple[Passage, Vector]]) -> None:
        self.spoken.put_meanings(
            [
                Meaning(passage_id=passage.id, asset_id=asset_id, digest=self._digest(passage), vector=vector)
                for passage, vector in made
            ]
        )

    def _digest(self, passage: Passage) -> str:
        return hashlib.sha256(f"{self.embeddings.name}\n{passage.text}".encode()).hexdigest()[:32]
