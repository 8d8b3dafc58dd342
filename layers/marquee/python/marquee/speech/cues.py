"""Words with times → cues that can be read: two lines of 42 characters, 17 characters a second, one to seven seconds.

Every word is shown, from when it is spoken. Where somebody speaks faster than anybody reads, the words stay and the
speed of reading gives way: leaving out is for people to decide.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from marquee.domain.speech import Word
from marquee.domain.text_tracks import Cue
from marquee.speech.cue_lines import MOST_CHARACTERS, break_badness, break_lines, fits

SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 7.0
CHARACTERS_A_SECOND = 17.0
_PAUSE_SECONDS = 0.5  # one that is heard as such: a good place for a cue to end
_LONGEST_PAUSE_SECONDS = 1.5  # never within a cue
_LINGER_SECONDS = 0.25  # a cue stays a moment after its last word
_LEAD_SECONDS = 0.3  # … and may come this much before its first where there is too little time to read it
_MOST_WORDS = MOST_CHARACTERS // 2 + 1
_PRICE_OF_A_CUE = 4.0
_PRICE_OF_A_STOP = 4.5  # within a cue: more than that of another cue


def build_cues(words: Sequence[Word], duration_seconds: float) -> tuple[Cue, ...]:
    """Cues in order, apart, within the film. `words` are in order and apart (`merge_words`)."""
    pieces = [piece for word in words for piece in _short_enough(word)]
    groups = [pieces[start:end] for start, end in _best_groups(pieces)]
    return tuple(_timed(groups, duration_seconds))


def _short_enough(word: Word) -> Iterator[Word]:
    """A word that fits no cue (an address) in parts."""
    text = word.text.strip()
    parts = [text[at : at + MOST_CHARACTERS] for at in range(0, len(text), MOST_CHARACTERS)]
    step = (word.end_seconds - word.start_seconds) / max(1, len(parts))
    for number, part in enumerate(parts):
        start = word.start_seconds + number * step
        yield word.model_copy(update={"text": part, "start_seconds": start, "end_seconds": start + step})


def _best_groups(words: Sequence[Word]) -> list[tuple[int, int]]:
    """The way to part the words into cues whose prices add up to the least."""
    least = [0.0] + [math.inf] * len(words)
    begin = [0] * (len(words) + 1)
    for end in range(1, len(words) + 1):
        for start in range(end - 1, max(-1, end - _MOST_WORDS - 1), -1):
            price = _price(words, start, end)
            if price is None:
                break  # a longer one is no better
            if least[start] + price < least[end]:
                least[end], begin[end] = least[start] + price, start
    groups, at = [], len(words)
    while at:
        groups.append((begin[at], at))
        at = begin[at]
    return groups[::-1]


def _price(words: Sequence[Word], start: int, end: int) -> float | None:
    """What a cue of `words[start:end]` costs; None when they cannot be one."""
    group = words[start:end]
    first, last = group[0], group[-1]
    alone = len(group) == 1
    if not alone:
        pause = words[start + 1].start_seconds - first.end_seconds
        too_long = last.end_seconds - first.start_seconds > LONGEST_SECONDS
        if pause > _LONGEST_PAUSE_SECONDS or too_long or not fits([word.text for word in group]):
            return None
    following = words[end].start_seconds if end < len(words) else math.inf
    room = min(LONGEST_SECONDS, following - first.start_seconds)
    letters = sum(len(word.text) + 1 for word in group) - 1
    missing = max(0.0, SHORTEST_SECONDS - room) + max(0.0, letters / CHARACTERS_A_SECOND - room)
    return _PRICE_OF_A_CUE + 6 * missing + _price_of_breaks(group, following)


def _price_of_breaks(group: Sequence[Word], following: float) -> float:
    """A cue should end where a sentence, a part of one or a breath does, and not run over such places."""
    last = group[-1]
    paused = following - last.end_seconds >= _PAUSE_SECONDS
    end = 0.0 if paused else 2 * break_badness(last.text)
    over = sum(
        _PRICE_OF_A_STOP
        for word, after in pairwise(group)
        if break_badness(word.text) == 0 or after.start_seconds - word.end_seconds >= _PAUSE_SECONDS
    )
    return end + over


def _timed(groups: Sequence[Sequence[Word]], duration_seconds: float) -> Iterator[Cue]:
    at = 0.0
    for number, group in enumerate(groups):
        text = break_lines([word.text for word in group])
        following = groups[number + 1][0].start_seconds if number + 1 < len(groups) else duration_seconds
        needed = max(SHORTEST_SECONDS, len(text) / CHARACTERS_A_SECOND)
        start = group[0].start_seconds
        end = max(start + needed, group[-1].end_seconds + _LINGER_SECONDS)
        end = min(end, start + LONGEST_SECONDS, max(following, group[-1].end_seconds))
        if end - start < needed:
            start = max(at, start - _LEAD_SECONDS, end - needed)
        start, end = round(max(at, start), 3), round(min(end, duration_seconds), 3)
        if end > start:
            yield Cue(start_seconds=start, end_seconds=end, text=text)
            at = end
