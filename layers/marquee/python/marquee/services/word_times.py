"""When each word of a cue is said: of the words that somebody heard, those that stand in it. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from marquee.domain.search_terms import fold
from marquee.domain.speech import Word

# Cues are put apart from each other a little, and people move them.
_SLACK_SECONDS = 0.5
# Of a cue's words: fewer than these heard there, and it says something else (a translation).
_HEARD_SHARE = 0.5


class WordTimes:
    """The words of a film's transcript, to be asked for the times of those in a cue."""

    def __init__(self, heard: Sequence[Word] = ()) -> None:
        ordered = sorted(heard, key=lambda word: word.start_seconds)
        self._seconds = [word.start_seconds for word in ordered]
        self._folded = [fold(word.text) for word in ordered]

    def of(self, words: Sequence[str], start_seconds: float, end_seconds: float) -> tuple[float, ...]:
        """Seconds at which each of `words` begins; empty when hardly any of them was heard in that time.

        Words that were put right have the time of those that were heard in their place, others that of the word
        before them.
        """
        first = bisect_left(self._seconds, start_seconds - _SLACK_SECONDS)
        last = bisect_right(self._seconds, end_seconds + _SLACK_SECONDS)
        wanted = [fold(word) for word in words]
        same = SequenceMatcher(None, wanted, self._folded[first:last], autojunk=False)
        if sum(block.size for block in same.get_matching_blocks()) < max(1.0, _HEARD_SHARE * len(wanted)):
            return ()
        return tuple(self._filled(same, first, start_seconds))

    def _filled(self, same: SequenceMatcher[str], first: int, start_seconds: float) -> Iterator[float]:
        before = start_seconds
        for _, begin, end, heard, heard_end in same.get_opcodes():
            alike = end - begin == heard_end - heard
            for place in range(end - begin):
                before = self._seconds[first + heard + place] if alike else before
                yield round(before, 3)
