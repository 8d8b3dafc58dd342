"""A supplied text on the times of the words that were heard: every word of it, none that is not in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from marquee.domain.errors import PermanentError
from marquee.domain.speech import Word
from marquee.speech.matching import match_words
from marquee.speech.spoken_words import spoken

# Fewer of its words than this found in the film in runs, and the text is another film's: single words of any text
# can be found in any other.
LEAST_SHARE = 0.3
LEAST_RUN, RUNS_FROM = 3, 12  # words in a run, of a text of so many words or more
SECONDS_A_LETTER = 0.07  # of words that nobody heard


class TranscriptMismatch(PermanentError):
    """The supplied text is not what is said in the film."""

    code = "transcript_mismatch"


@dataclass(slots=True)
class _Part:
    """One spoken word. `start` and `end` in seconds; None where it was not heard as such."""

    said: str
    owner: int  # number of the written or heard word that it is part of
    start: float | None = None
    end: float | None = None


def align_text(written: Sequence[str], heard: Sequence[Word], duration_seconds: float) -> tuple[Word, ...]:
    """`written` (`written_words`) as words with times; raises TranscriptMismatch when hardly any of it was heard.

    Confidence is 1 for a word that was heard as it is written, else 0: its time is an estimate then.
    """
    ours = [_Part(said, number) for number, word in enumerate(written) for said in spoken(word)]
    theirs = [part for number, word in enumerate(heard) for part in _timed(number, word)]
    pairs = match_words([part.said for part in ours], [part.said for part in theirs])
    if _in_runs(pairs, LEAST_RUN if len(ours) >= RUNS_FROM else 1) < LEAST_SHARE * len(ours):
        raise TranscriptMismatch("The supplied transcript is not what is said in the film.")
    for mine, other in pairs:
        ours[mine].start, ours[mine].end = theirs[other].start, theirs[other].end
    sure = {number for number in range(len(ours)) if ours[number].start is not None}
    _fill_gaps(ours, theirs, pairs, duration_seconds)
    return tuple(_words(written, ours, sure))


def _in_runs(pairs: Sequence[tuple[int, int]], least: int) -> int:
    """How many of the pairs stand in runs of at least `least` without a gap on either side."""
    edges = [0, *(n for n, (a, b) in enumerate(pairwise(pairs), start=1) if (b[0] - a[0], b[1] - a[1]) != (1, 1))]
    runs = [end - start for start, end in pairwise([*edges, len(pairs)])]
    return sum(run for run in runs if run >= least)


def _timed(number: int, word: Word) -> Iterator[_Part]:
    """The spoken words of a heard one, which share its time by their lengths."""
    said = spoken(word.text)
    letters = sum(map(len, said))
    at = word.start_seconds
    for part in said:
        end = at + (word.end_seconds - word.start_seconds) * len(part) / letters
        yield _Part(part, number, at, end)
        at = end


def _fill_gaps(ours: list[_Part], theirs: Sequence[_Part], pairs: Sequence[tuple[int, int]], duration: float) -> None:
    """Give the words between those that were heard the time of what was heard in their place, or what is left."""
    edges = [(-1, -1), *pairs, (len(ours), len(theirs))]
    for (mine, other), (next_mine, next_other) in pairwise(edges):
        missing = ours[mine + 1 : next_mine]
        if not missing:
            continue
        misheard = theirs[other + 1 : next_other]
        low = 0.0 if mine < 0 else _end(ours[mine])
        high = duration if next_mine == len(ours) else _start(ours[next_mine])
        _share(missing, *_room(missing, misheard, low, high, from_end=mine < 0))


def _room(
    missing: Sequence[_Part], misheard: Sequence[_Part], low: float, high: float, *, from_end: bool
) -> tuple[float, float]:
    """Where the missing words are said, within `[low, high]`."""
    if misheard:
        return max(low, _start(misheard[0])), min(high, _end(misheard[-1]))
    needed = SECONDS_A_LETTER * sum(len(part.said) for part in missing)
    # Words nobody heard stand beside those that were, not in the middle of a silence.
    return (max(low, high - needed), high) if from_end else (low, min(high, low + needed))


def _share(parts: Sequence[_Part], start: float, end: float) -> None:
    letters = sum(len(part.said) for part in parts)
    span = max(0.0, end - start)
    at = start
    for part in parts:
        part.start, part.end = at, at + span * len(part.said) / letters
        at = part.end


def _words(written: Sequence[str], ours: Sequence[_Part], sure: set[int]) -> Iterator[Word]:
    parts: dict[int, list[int]] = {}
    for number, part in enumerate(ours):
        parts.setdefault(part.owner, []).append(number)
    for owner, numbers in parts.items():
        yield Word(
            text=written[owner],
            start_seconds=round(_start(ours[numbers[0]]), 3),
            end_seconds=round(_end(ours[numbers[-1]]), 3),
            confidence=1.0 if sure.issuperset(numbers) else 0.0,
        )


def _start(part: _Part) -> float:
    return part.start or 0.0


def _end(part: _Part) -> float:
    return part.end or 0.0
