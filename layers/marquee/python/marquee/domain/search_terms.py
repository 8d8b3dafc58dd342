"""Text as search sees it: folded, in words, in n-grams. The same for what is stored and for what is asked.

A movie is stored with the n-grams of its titles. A query with a typo still shares most of its n-grams with the
title that was meant, so that candidates are found by an ordinary index, in every engine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Another one takes a step of `migrate` (`adapters/schema.py`) that stores the terms of all movies anew.
GRAMS_VERSION = 2

MAX_WORDS = 32
SORT_LENGTH = 64
_SHORT = 3
_COMMON = frozenset({"the", "a", "an", "of", "and"})
_WORD = re.compile(r"\w+")
_DROPPED = str.maketrans("", "", "'’`´")
# What Unicode does not take apart, as people type it.
_TYPED = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})


def fold(text: str) -> str:
    """Words in lower case without accents and punctuation, one space between: `Amélie, l'été` → `amelie lete`.

    Where there are no words its signs are what it is called: `$`, `🎬 🍿`.
    """
    # Lower case once more behind it: signs come apart into capitals, `™` and `𝐌`.
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_DROPPED)).casefold()
    bare = "".join(character for character in apart if not unicodedata.combining(character)).translate(_TYPED)
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", bare).replace("_", " "))) or _signs(bare)


def _signs(text: str) -> str:
    kept = (sign for sign in text if sign.isspace() or unicodedata.category(sign)[0] in "PS")
    return " ".join("".join(kept).split())


def words(text: str) -> tuple[str, ...]:
    """The words of a text, at most `MAX_WORDS`."""
    return tuple(fold(text).split()[:MAX_WORDS])


def sort_key(title: str) -> str:
    """By what titles are put in order: folded, of limited length. Never empty for a title that is not."""
    return (fold(title) or title.strip())[:SORT_LENGTH]


def grams(text: str) -> frozenset[str]:
    """All n-grams of the words of `text`.

    Three letters, two spaces before and one behind, so that beginnings weigh more. Short words, and writing
    without spaces between words, give pairs too: three letters are too coarse for them.
    """
    found: set[str] = set()
    for word in words(text):
        found |= _cut(f"  {word} ", 3)
        if len(word) <= _SHORT or not word.isascii():
            found |= _cut(f" {word} ", 2)
    return frozenset(found)


def asked_grams(query: str) -> frozenset[str]:
    """N-grams to look for. Words that half of all titles have say nothing, unless there are no others."""
    return grams(" ".join(telling_words(query)) or query)


def telling_words(query: str) -> tuple[str, ...]:
    """The words of a query, without those that most texts have, unless there are no others."""
    found = words(query)
    return tuple(word for word in found if word not in _COMMON) or found


def grams_of_all(texts: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(grams(text) for text in texts))


def _cut(text: str, length: int) -> set[str]:
    return {text[start : start + length] for start in range(len(text) - length + 1)}


def words_to_find(text: str) -> frozenset[str]:
    """All words that a text is found by: without those that most texts have, and of limited length."""
    return frozenset(word[:SORT_LENGTH] for word in fold(text).split() if word not in _COMMON)


def typos_allowed(word: str) -> int:
    """How many typos a word of this length may have and still be meant: 0 to 2."""
    if len(word) < _SHORT or word.isdigit():
        return 0
    return 1 if len(word) < 2 * _SHORT else 2


def edits(one: str, other: str, at_most: int) -> int | None:
    """Letters to insert, drop, change or swap with their neighbour to make `other` of `one`; None when more
    than `at_most`."""
    if abs(len(one) - len(other)) > at_most:
        return None
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, counterpart in enumerate(other, 1):
            cost = min(row[-1] + 1, before[j] + 1, before[j - 1] + (letter != counterpart))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == counterpart:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > at_most:
            return None
    return row[-1] if row[-1] <= at_most else None
