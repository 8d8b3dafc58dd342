"""Chapters: where a film turns to something else, told by cards, black, silence and words.

They cover the film without gaps; the more signs fall together, the surer a chapter begins there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from marquee.analysis.topics import topic_shifts
from marquee.domain.analysis import Span
from marquee.domain.speech import Word

CARD, BLACK, SILENCE, TOPIC, WHOLE = "title_card", "black", "silence", "transcript", "whole_film"
# What each sign is worth, and how much makes a new chapter.
_WORTH = {CARD: 3.0, BLACK: 2.0, SILENCE: 1.0, TOPIC: 1.5}
_ENOUGH = 2.0
# A chapter is a fifteenth of a film at the least, within these.
_SHARE, _SHORTEST_SECONDS, _LONGEST_LEAST_SECONDS = 1 / 15, 10.0, 240.0
# How far a sign may lie from the cut it belongs to.
NEAR_SECONDS = 0.6
# A silence between two parts; longer ones are parts of their own.
_SILENCE_SECONDS, _LONG_SILENCE_SECONDS = 1.0, 15.0


@dataclass(frozen=True, slots=True)
class Card:
    """Large writing that stands alone: a title or a heading. `height_share`: of its letters, of the picture's height;
    `confidence` 0..1."""

    start_seconds: float
    end_seconds: float
    text: str
    confidence: float
    height_share: float


@dataclass(frozen=True, slots=True)
class Signs:
    """Everything that chapters are made of, in seconds."""

    duration_seconds: float
    shots: Sequence[Span] = ()
    black: Sequence[tuple[float, float]] = ()
    silence: Sequence[tuple[float, float]] = ()
    cards: Sequence[Card] = ()
    words: Sequence[Word] = ()


@dataclass(slots=True)
class Beginning:
    """Where a chapter begins, and what speaks for it."""

    at_seconds: float
    signs: dict[str, float] = field(default_factory=dict)

    @property
    def worth(self) -> float:
        return sum(self.signs.values())

    @property
    def source(self) -> str:
        """The names of its signs, joined by `+`."""
        return "+".join(self.signs)

    @property
    def confidence(self) -> float:
        """0..1, from how many signs there are; that a film begins at its beginning is certain."""
        return 1.0 if WHOLE in self.signs else round(self.worth / (self.worth + 2), 3)


def find_beginnings(signs: Signs) -> list[Beginning]:
    """The first at 0, each chapter ends where the next one begins."""
    least = min(max(signs.duration_seconds * _SHARE, _SHORTEST_SECONDS), _LONGEST_LEAST_SECONDS)
    chosen = [Beginning(0.0, {WHOLE: 1.0})]
    for place in sorted(_places(signs), key=lambda place: (-place.worth, place.at_seconds)):
        others = [*(beginning.at_seconds for beginning in chosen), signs.duration_seconds]
        if place.worth >= _ENOUGH and all(abs(place.at_seconds - other) >= least for other in others):
            chosen.append(place)
    return sorted(chosen, key=lambda beginning: beginning.at_seconds)


def _places(signs: Signs) -> list[Beginning]:
    cuts = [shot.start_seconds for shot in signs.shots if shot.start_seconds > 0]
    sounds = [end for start, end in signs.silence if end - start >= _SILENCE_SECONDS and not _near(end, cuts)]
    places = sorted({*cuts, *sounds})
    shifts = topic_shifts(signs.words, places)
    return [Beginning(at, _signs_at(at, signs, is_shift=at in shifts)) for at in places]


def _signs_at(at: float, signs: Signs, *, is_shift: bool) -> dict[str, float]:
    found = {
        CARD: _near(at, [card.start_seconds for card in signs.cards]),
        BLACK: _near(at, [end for _, end in signs.black]),
        SILENCE: any(_is_between_parts(at, start, end) for start, end in signs.silence),
        TOPIC: is_shift,
    }
    return {name: _WORTH[name] for name, is_there in found.items() if is_there}


def _is_between_parts(at: float, start: float, end: float) -> bool:
    if not _SILENCE_SECONDS <= end - start <= _LONG_SILENCE_SECONDS:
        return _near(at, [end]) and end - start > _LONG_SILENCE_SECONDS
    return start - NEAR_SECONDS <= at <= end + NEAR_SECONDS


def _near(at: float, others: Sequence[float]) -> bool:
    return any(abs(at - other) <= NEAR_SECONDS for other in others)
