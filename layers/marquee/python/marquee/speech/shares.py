"""Which part of a known text each utterance says, from the words of it that were heard right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from marquee.speech.matching import match_words, place_of

Share = tuple[int, int]


@dataclass(slots=True)
class _Known:
    """An utterance with words of the text: their range there, and how many others it heard before and after."""

    number: int
    begin: int
    end: int
    head: int
    tail: int


def shares_of(utterances: Sequence[Sequence[str]], text: Sequence[str]) -> list[Share]:
    """Half-open ranges of `text`, one for each utterance, in order and apart; empty where none can be told.

    What stands in the text between two utterances is shared among those that heard something else there.
    """
    heard = [word for words in utterances for word in words]
    first, last = place_of(heard, text)
    partner = {i: first + j for i, j in match_words(heard, text[first:last])}
    counts = [len(words) for words in utterances]
    known = _known(counts, partner)
    shares = [(0, 0)] * len(counts)
    for one, two in pairwise(known):
        weights = [one.tail, *counts[one.number + 1 : two.number], two.head]
        if not any(weights):
            continue
        cuts = _cuts(one.end, two.begin, weights)
        shares[one.number + 1 : two.number] = pairwise(cuts[1:-1])
        one.end, two.begin = cuts[1], cuts[-2]
    if known:
        known[0].begin = max(0, known[0].begin - known[0].head)
        known[-1].end = min(len(text), known[-1].end + known[-1].tail)
    for one in known:
        shares[one.number] = (one.begin, one.end)
    return shares


def _known(counts: Sequence[int], partner: dict[int, int]) -> list[_Known]:
    known, at = [], 0
    for number, count in enumerate(counts):
        matched = [place for place in range(at, at + count) if place in partner]
        if matched:
            begin, end = partner[matched[0]], partner[matched[-1]] + 1
            known.append(_Known(number, begin, end, matched[0] - at, at + count - 1 - matched[-1]))
        at += count
    return known


def _cuts(begin: int, end: int, weights: Sequence[int]) -> list[int]:
    """The ends of the parts of `[begin, end)`, cut by weight."""
    return [begin + round((end - begin) * part / sum(weights)) for part in (0, *accumulate(weights))]
