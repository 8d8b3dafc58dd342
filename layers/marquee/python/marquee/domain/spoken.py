"""What is said in films and written in their pictures, in passages that a search finds: with the second of each line.

All times are seconds on the player's timeline. Whether anybody may see a passage is not written on it: the asset says
so at the moment of the search.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, Protocol

from marquee.domain.assets import Asset
from marquee.domain.media import Model
from marquee.domain.search_terms import words_to_find

# `said`: of a text track; `seen`: stands in the picture.
PassageKind = Literal["said", "seen"]
PICTURE = "picture"


class Origin(Model):
    """Where passages come from: an edit of a text track, or what was read in the pictures.

    `name`: the track's id, or `PICTURE`. `edition` changes with the text, so that what is kept under it never does.
    """

    asset_id: str
    asset_version: int
    name: str
    edition: str

    @property
    def key(self) -> str:
        return f"{self.asset_id}:{self.asset_version}:{self.name}:{self.edition}"

    def is_current(self, asset: Asset) -> bool:
        """Whether viewers of `asset` get this text now, if they may watch it at all."""
        version = asset.version_to_play
        if version != self.asset_version:
            return False
        if self.name == PICTURE:
            return asset.analysis is not None and asset.analysis.asset_version == version
        return any((track.id, str(track.version)) == (self.name, self.edition) for track in asset.tracks_of(version))


class Line(Model):
    """One cue, or one text in the picture, on one line. `word_seconds`: when each of its words (between blanks) is
    said; empty where nobody knows."""

    start_seconds: float
    end_seconds: float
    text: str
    word_seconds: tuple[float, ...] = ()

    def seconds_of(self, word: int | None) -> float:
        """When its `word`, counted from 0, is said, as far as that is known."""
        known = word is not None and word < len(self.word_seconds)
        return self.word_seconds[word] if known and word is not None else self.start_seconds


class Passage(Model):
    """Lines that follow each other; the last one of a passage may also begin the next, so that no words are torn.

    `language` None: not known. `draft`: heard by a machine, not read over by anybody.
    """

    id: str
    origin: Origin
    kind: PassageKind
    language: str | None
    draft: bool = False
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def words(self) -> frozenset[str]:
        """What it is found by, folded."""
        return words_to_find(self.text)


class Topic(Model):
    """What a film is about; `name` folded, `weight` 0..1."""

    name: str
    weight: float


class Topics(Model):
    """Those of one asset, as its analysis has them, the weightiest first."""

    asset_id: str
    asset_version: int
    topics: tuple[Topic, ...] = ()


class Narrowed(Model):
    """Only passages of this kind; only those in this language, by its first part (`pt` finds `pt-BR`)."""

    kind: PassageKind | None = None
    language: str | None = None

    def accepts(self, passage: Passage) -> bool:
        same = self.language is None or first_part(self.language) == first_part(passage.language or "")
        return same and self.kind in (None, passage.kind)


Vector = tuple[float, ...]


class Meaning(Model):
    """The vector of a passage's text, of length 1. `digest` is of the text and of who made the vector."""

    passage_id: str
    asset_id: str
    digest: str
    vector: Vector


def first_part(language: str) -> str:
    """`pt` of `pt-BR`."""
    return language.partition("-")[0].casefold()


class SpokenStore(Protocol):
    """Passages, the words in them, topics and vectors.

    Raises `TransientError` when the database is away; all may be called again.
    """

    def put(self, passages: Sequence[Passage]) -> None:
        """Write them, over those with the same ids."""
        ...

    def retain(self, asset_id: str, origins: Collection[Origin]) -> None:
        """Of this asset nothing else is kept, nor vectors of anything else."""
        ...

    def known(self, words: Collection[str]) -> frozenset[str]:
        """Those of these words that some passage has or had."""
        ...

    def resembling(self, word: str, limit: int) -> Sequence[str]:
        """Words of passages that share n-grams with `word`, those that share most first."""
        ...

    def beginning(self, start: str, limit: int) -> Sequence[str]:
        """Words of passages that begin so, in order."""
        ...

    def with_words(
        self, choices: Sequence[Collection[str]], needed: int, narrowed: Narrowed, limit: int
    ) -> Sequence[Passage]:
        """Passages that have a word of each of at least `needed` of these `choices`, those of most choices first."""
        ...

    def those(self, passage_ids: Sequence[str]) -> Sequence[Passage]:
        """Those of them that exist, in any order."""
        ...

    def describe(self, topics: Topics) -> None:
        """What a film is about, in the place of what was said of it before."""
        ...

    def topics_of(self, asset_id: str) -> Topics | None: ...

    def sharing(self, names: Sequence[str], limit: int) -> Sequence[Topics]:
        """Films with one of these topics, those that share most first."""
        ...

    def put_meanings(self, meanings: Sequence[Meaning]) -> None: ...

    def meanings_of(self, asset_id: str) -> Mapping[str, Vector]:
        """Vectors of one asset's passages by `Meaning.digest`."""
        ...

    def meanings(self, limit: int) -> Sequence[Meaning]:
        """Of the newest films, at most so many."""
        ...

    def forget(self, asset_id: str) -> None:
        """The asset goes, and all of this with it."""
        ...


class Embeddings(Protocol):
    """Makes vectors of texts; those of texts that mean the same lie near each other."""

    name: str

    def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        """One vector of length 1 a text, in order. Raises `TransientError` when the service is away and
        `PermanentError` for an answer that is none."""
        ...
