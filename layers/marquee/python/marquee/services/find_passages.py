"""Passages with the words of a query: as they are where somebody says them, else as they were meant."""

from __future__ import annotations

from collections.abc import Sequence

from marquee.domain.search_terms import edits, telling_words, typos_allowed
from marquee.domain.spoken import Narrowed, Passage, SpokenStore
from marquee.services.rank_passages import FORGIVEN

# Words that a word with typos may mean, and of these those that are looked at; and ends of one that is being typed.
RESEMBLING, ENDINGS = 100, 50


def find_passages(spoken: SpokenStore, query: str, narrowed: Narrowed, limit: int) -> Sequence[Passage]:
    """Those with most of the words first. Typos are only sought in words that nobody says, or where the words as
    they are lead nowhere: a slip of the finger may be a word, too."""
    asked = telling_words(query)
    if not asked:
        return ()
    known = spoken.known(asked)
    begun = frozenset(spoken.beginning(asked[-1], ENDINGS))
    needed = len(asked) - len(asked) // FORGIVEN
    exact = [frozenset({word}) if word in known else _meant(spoken, word) for word in asked]
    found = _with(spoken, [*exact[:-1], exact[-1] | begun], needed, narrowed, limit)
    if found or not known:
        return found
    loose = [_meant(spoken, word) | choice for word, choice in zip(asked, exact, strict=True)]
    return _with(spoken, [*loose[:-1], loose[-1] | begun], needed, narrowed, limit)


def _with(
    spoken: SpokenStore, choices: Sequence[frozenset[str]], needed: int, narrowed: Narrowed, limit: int
) -> Sequence[Passage]:
    there = [choice for choice in choices if choice]
    return spoken.with_words(there, needed, narrowed, limit) if len(there) >= needed else ()


def _meant(spoken: SpokenStore, word: str) -> frozenset[str]:
    """Words that this one may stand for; in writing without spaces, those that it is a part of."""
    allowed = typos_allowed(word)
    return frozenset(
        other
        for other in spoken.resembling(word, RESEMBLING)
        if (allowed and edits(word, other, allowed) is not None) or (not word.isascii() and word in other)
    )
