"""Where what is said turns to other things: words before and after a place have little in common (TextTiling)."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from marquee.domain.speech import Word

# Words compared on each side, and how many there must be.
_WINDOW, _FEWEST = 60, 15
# Short words are the same in every topic; of the others their beginnings, which inflection leaves alone.
_SHORTEST, _STEM = 4, 6
# How far below its neighbours' likeness a place must lie.
_DEPTH = 0.15


def topic_shifts(words: Sequence[Word], places: Sequence[float]) -> set[float]:
    """Those of `places` (seconds, in order) at which the topic changes; none where too little is said."""
    starts = [word.start_seconds for word in words]
    likeness = {at: _likeness(words, bisect_left(starts, at)) for at in places}
    known = [(at, value) for at, value in likeness.items() if value is not None]
    found = set()
    for index, (at, value) in enumerate(known):
        before = max((other for _, other in known[max(0, index - 3) : index]), default=value)
        after = max((other for _, other in known[index + 1 : index + 4]), default=value)
        if min(before, after) - value >= _DEPTH:
            found.add(at)
    return found


def _likeness(words: Sequence[Word], index: int) -> float | None:
    """0..1 (cosine) of the words before and after `index`; None when there are too few to compare."""
    before, after = words[max(0, index - _WINDOW) : index], words[index : index + _WINDOW]
    if min(len(before), len(after)) < _FEWEST:
        return None
    one, other = _counts(before), _counts(after)
    shared = sum(count * other[stem] for stem, count in one.items())
    return shared / math.sqrt(_square(one) * _square(other)) if one and other else None


def _counts(words: Sequence[Word]) -> Counter[str]:
    letters = ("".join(filter(str.isalnum, word.text.casefold())) for word in words)
    return Counter(word[:_STEM] for word in letters if len(word) >= _SHORTEST)


def _square(counts: Counter[str]) -> int:
    return sum(count * count for count in counts.values())
