"""Which words of one text are which of another: by runs that occur once in both, then by the least edits between.

Near to linear in the length of the texts, because words heard of a film and words written of it are mostly the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

Pair = tuple[int, int]

_RUNS = (4, 3, 2, 1)  # lengths of runs that may anchor, the surest first
_MOST_CELLS = 1_000_000


def match_words(ours: Sequence[str], theirs: Sequence[str]) -> list[Pair]:
    """Pairs of places whose words are equal, growing in both; words without a partner are left out."""
    return list(_match(ours, theirs, (0, len(ours)), (0, len(theirs))))


def place_of(part: Sequence[str], whole: Sequence[str]) -> tuple[int, int]:
    """The half-open range of `whole` that `part`, which is said somewhere within it, most probably covers."""
    for run in _RUNS[:-1]:
        anchors = _anchors(part, whole, (0, len(part)), (0, len(whole)), run)
        if anchors:
            (first, begin), (last, end) = anchors[0], anchors[-1]
            before, after = first * 3 // 2 + 10, (len(part) - last) * 3 // 2 + 10
            return max(0, begin - before), min(len(whole), end + run + after)
    return (0, len(whole)) if len(part) * len(whole) <= _MOST_CELLS else (0, 0)


def _match(ours: Sequence[str], theirs: Sequence[str], mine: Pair, other: Pair) -> Iterator[Pair]:
    """Matches within `ours[mine]` and `theirs[other]`."""
    (i, end_i), (j, end_j) = mine, other
    if i >= end_i or j >= end_j:
        return
    for run in _RUNS:
        anchors = _anchors(ours, theirs, mine, other, run)
        if anchors:
            for at_i, at_j in anchors:
                if at_i < i or at_j < j:
                    continue  # within the run before it
                yield from _match(ours, theirs, (i, at_i), (j, at_j))
                yield from ((at_i + k, at_j + k) for k in range(run))
                i, j = at_i + run, at_j + run
            yield from _match(ours, theirs, (i, end_i), (j, end_j))
            return
    if (end_i - i) * (end_j - j) <= _MOST_CELLS:
        yield from _least_edits(ours[i:end_i], theirs[j:end_j], i, j)


def _anchors(ours: Sequence[str], theirs: Sequence[str], mine: Pair, other: Pair, run: int) -> list[Pair]:
    """Runs of `run` words that occur exactly once on either side, as many as keep their order."""
    left, right = _unique_runs(ours, *mine, run), _unique_runs(theirs, *other, run)
    pairs = sorted((at, right[words]) for words, at in left.items() if words in right)
    return _longest_rising(pairs)


def _unique_runs(words: Sequence[str], start: int, end: int, run: int) -> dict[tuple[str, ...], int]:
    runs = [(tuple(words[at : at + run]), at) for at in range(start, end - run + 1)]
    counts = Counter(text for text, _ in runs)
    return {text: at for text, at in runs if counts[text] == 1}


def _longest_rising(pairs: Sequence[Pair]) -> list[Pair]:
    tops: list[int] = []
    places: list[int] = []
    before: list[int | None] = []
    for number, (_, value) in enumerate(pairs):
        at = bisect_left(tops, value)
        before.append(places[at - 1] if at else None)
        tops[at : at + 1] = [value]
        places[at : at + 1] = [number]
    chain: list[Pair] = []
    at_number = places[-1] if places else None
    while at_number is not None:
        chain.append(pairs[at_number])
        at_number = before[at_number]
    return chain[::-1]


def _least_edits(ours: Sequence[str], theirs: Sequence[str], base_i: int, base_j: int) -> Iterator[Pair]:
    """The classic table of edit distances, walked from its beginning."""
    rows = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i in range(len(ours) - 1, -1, -1):
        below, row = rows[i + 1], rows[i]
        for j in range(len(theirs) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if ours[i] == theirs[j] else max(below[j], row[j + 1])
    i = j = 0
    while i < len(ours) and j < len(theirs):
        if ours[i] == theirs[j]:
            yield base_i + i, base_j + j
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
