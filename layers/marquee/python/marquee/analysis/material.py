"""What an analysis is given, and what the looks at it bring together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from marquee.analysis.chapters import Card
from marquee.analysis.look import Pictures, Size, Sound
from marquee.domain.analysis import Analysis, Face, OnScreenText, Span
from marquee.domain.deadline import Deadline
from marquee.domain.speech import Transcript, Word


@dataclass(frozen=True, slots=True)
class Material:
    """A film as it was published: its smallest rendition and its first sound track, each in one file of its own in
    the same folder, which may be written to; and what is said in it, where that is known. `on_fraction` is told how
    much of the film has been looked at (0..1). `deadline`: when all has to be done; of a film that is too long for it
    only as much is examined as there is time for."""

    pictures: Path
    size: Size
    sound: Path | None
    duration_seconds: float
    transcript: Transcript | None = None
    on_fraction: Callable[[float], None] = lambda _: None
    deadline: Deadline | None = None

    @property
    def words(self) -> Sequence[Word]:
        return self.transcript.words if self.transcript else ()

    @property
    def confidence_of_words(self) -> float:
        """How far the words are to be trusted, 0..1; drafts that do not say so themselves: half."""
        if self.transcript is None:
            return 0.0
        if self.transcript.confidence is not None:
            return self.transcript.confidence
        return 0.5 if self.transcript.draft else 0.9


@dataclass(slots=True)
class Seen:
    """What was found by looking and listening alone. `missing`: what could not be examined, and why."""

    pictures: Pictures
    shots: list[Span]
    sound: Sound | None = None
    faces: list[Face] = field(default_factory=list)
    texts: list[OnScreenText] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)


class Analyst(Protocol):
    """Makes an analysis of a film.

    What it cannot examine it names in `missing`; raises the tree of `domain.errors` when it can say nothing at all.
    """

    def analyze(self, material: Material) -> Analysis: ...
