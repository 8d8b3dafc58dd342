"""How well a movie's titles answer a query: a place in an order, best first. Pure: no store, no network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple

from marquee.domain.search_terms import edits, fold, typos_allowed, words

_ARTICLES = frozenset({"the", "a", "an"})


class Kind(IntEnum):
    """What of a title a query meets; lower is better."""

    EXACT = 0  # all of it
    PREFIX = 1  # its beginning
    WORDS = 2  # words of it, the last perhaps not finished
    TYPO = 3  # all of it, misspelt, or with other spaces
    WORD_TYPO = 4  # words of it, misspelt
    MENTION = 5  # not the title: its source found it by another name, or its text speaks of it


class Relevance(NamedTuple):
    """Compares as a whole: lower is better. `typos`: letters that differ."""

    kind: Kind
    typos: int = 0


MENTIONED = Relevance(Kind.MENTION)


class Place(NamedTuple):
    """Where a hit stands; all fields are plain, so that a cursor can carry it. Lower comes first.

    At equal relevance our own films come first, then the popular, then the newer.
    """

    kind: int
    typos: int
    foreign: bool
    unpopularity: float
    age: int
    id: str


def place_of(relevance: Relevance, *, own: bool, popularity: float, year: int | None, movie_id: str) -> Place:
    return Place(int(relevance.kind), relevance.typos, not own, -popularity, -(year or 0), movie_id)


def relevance(query: str, titles: Iterable[str]) -> Relevance | None:
    """The best of what `query` meets in `titles`; None when it means none of them."""
    asked = _with_and_without_article(fold(query))
    known = [name for title in titles for name in _with_and_without_article(fold(title))]
    found = [match for name in known for words in asked if (match := _against(words, name)) is not None]
    return min(found, default=None)


def _with_and_without_article(folded: str) -> tuple[str, ...]:
    """`the matrix` is also called `matrix`."""
    first, _, rest = folded.partition(" ")
    return (folded, rest) if first in _ARTICLES and rest else (folded,)


def _against(asked: str, title: str) -> Relevance | None:
    if not asked or not title:
        return None
    if asked == title:
        return Relevance(Kind.EXACT)
    if title.startswith(asked):
        return Relevance(Kind.PREFIX)
    asked_words, title_words = words(asked), words(title)
    if _has_words(asked_words, title_words) or (asked in title and not asked.isascii()):
        return Relevance(Kind.WORDS)
    return _misspelt(asked_words, title_words)


def _has_words(asked: Sequence[str], title: Sequence[str]) -> bool:
    """All words are there; the last may still be being typed."""
    *finished, last = asked
    return set(finished) <= set(title) and any(word.startswith(last) for word in title)


def _misspelt(asked: Sequence[str], title: Sequence[str]) -> Relevance | None:
    """The whole title but for typos and spaces; or every word of the query is one of its words but for typos."""
    together = "".join(asked)
    whole = edits(together, "".join(title), typos_allowed(together))
    if whole is not None:
        return Relevance(Kind.TYPO, whole)
    distances = [_nearest(word, title, unfinished=index == len(asked) - 1) for index, word in enumerate(asked)]
    met = [distance for distance in distances if distance is not None]
    return Relevance(Kind.WORD_TYPO, sum(met)) if len(met) == len(distances) else None


def _nearest(word: str, title: Sequence[str], *, unfinished: bool) -> int | None:
    allowed = typos_allowed(word)
    candidates = [edits(word, other, allowed) for other in title]
    if unfinished:  # a beginning, with a typo in it
        candidates += [edits(word, other[: len(word)], allowed) for other in title if len(other) > len(word)]
    return min((distance for distance in candidates if distance is not None), default=None)
