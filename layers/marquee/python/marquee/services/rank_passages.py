"""How well a passage answers a query, and at which of its lines. Pure: no store, no network.

A word that is missing is forgiven in a longer query: people quote from memory, and machines mishear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from marquee.domain.search_terms import edits, fold, telling_words, typos_allowed
from marquee.domain.spoken import Line, Passage

# One of so many telling words may be another one.
FORGIVEN = 4


class Fit(NamedTuple):
    """Lower is better. `missing`: words of the query that are not there; `scattered`: they do not follow each
    other; `typos`: letters that differ."""

    missing: int
    scattered: bool
    typos: int


@dataclass(frozen=True)
class Match:
    """`line` of the passage is where it begins, with its `word` (counted from 0; None: nobody knows which)."""

    fit: Fit
    line: Line
    word: int | None = None

    @property
    def at_seconds(self) -> float:
        """When its first word is said, as far as that is known; else when the line begins."""
        return self.line.seconds_of(self.word)


class _Word(NamedTuple):
    text: str
    line: int
    place: int  # in its line


def match(query: str, passage: Passage) -> Match | None:
    """None when the passage does not mean the query."""
    asked = telling_words(query)
    if not asked:
        return None
    there = [word for index, line in enumerate(passage.lines) for word in _words_of(line, index)]
    return _unspaced(query, passage) or _by_words(asked, there, passage)


def _words_of(line: Line, index: int) -> list[_Word]:
    """Folded one by one where their times are known, as folding may take a word apart."""
    parts = line.text.split() if line.word_seconds else [line.text]
    return [_Word(word, index, place) for place, part in enumerate(parts) for word in fold(part).split()]


def _unspaced(query: str, passage: Passage) -> Match | None:
    """Writing without spaces between words: the query stands in a line."""
    folded = fold(query)
    if folded.isascii():
        return None
    found = next((line for line in passage.lines if folded in fold(line.text)), None)
    return None if found is None else Match(Fit(0, scattered=False, typos=0), found)


def _by_words(asked: Sequence[str], there: Sequence[_Word], passage: Passage) -> Match | None:
    places = [_places(word, there, unfinished=index == len(asked) - 1) for index, word in enumerate(asked)]
    missing = sum(not found for found in places)
    if missing > len(asked) // FORGIVEN:
        return None
    typos = sum(min(found.values()) for found in places if found)
    phrase = _phrase(places)
    first = _first_of_fullest(places, there) if phrase is None else there[phrase]
    fit = Fit(missing, scattered=phrase is None, typos=typos)
    return Match(fit, passage.lines[first.line], first.place)


def _places(word: str, there: Sequence[_Word], *, unfinished: bool) -> dict[int, int]:
    """Where a word stands, with its typos: only the places with the fewest. The last word of a query may still be
    being typed."""
    exact = {index: 0 for index, other in enumerate(there) if other.text == word}
    if exact:
        return exact
    if unfinished:
        begun = {index: 0 for index, other in enumerate(there) if other.text.startswith(word)}
        if begun:
            return begun
    allowed = typos_allowed(word)
    distances = {index: _typos(word, other.text, allowed) for index, other in enumerate(there)} if allowed else {}
    known = {index: distance for index, distance in distances.items() if distance is not None}
    return {index: distance for index, distance in known.items() if distance == min(known.values())}


@lru_cache(maxsize=50_000)
def _typos(word: str, other: str, allowed: int) -> int | None:
    """The same words stand in many passages."""
    return edits(word, other, allowed)


def _phrase(places: Sequence[dict[int, int]]) -> int | None:
    """Where all words that are found begin to follow each other, common words between them or not."""
    first, *others = [sorted(place) for place in places if place]
    for start in first:
        at: int | None = start
        for following in others:
            at = next((index for index in following if at is not None and at < index <= at + 2), None)
        if at is not None:
            return start
    return None


def _first_of_fullest(places: Sequence[dict[int, int]], there: Sequence[_Word]) -> _Word:
    """The first that is found in the line with most of the words, the first of those."""
    lines = [{there[index].line for index in place} for place in places]
    fullest = max(range(there[-1].line + 1), key=lambda line: (sum(line in found for found in lines), -line))
    return there[min(index for place in places for index in place if there[index].line == fullest)]
