"""Cues as files bring them → cues as players can show them: in order, apart, within the film. Pure.

What can be mended is mended and counted; a file of which hardly anything is left is refused with a sentence.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from marquee.domain.errors import InvalidRequest
from marquee.domain.text_tracks import Cue

MAX_CUES = 20_000
MAX_TEXT = 1_000  # characters of one cue; what is longer is no subtitle
# An overlap up to here is bad timing: the earlier text ends sooner. Above, both are meant to stand together.
SLIP_SECONDS = 0.5
SHORTEST_SECONDS = 0.05
MOST_AT_ONCE = 4
_READING_SPEED = 17.0  # characters a second
_SHORTEST_READING, _LONGEST_READING = 1.0, 7.0


@dataclass(frozen=True, slots=True)
class Repaired:
    """`notes`: what was mended, as sentences."""

    cues: tuple[Cue, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Counts:
    """What was found wrong, by its sentence."""

    found: dict[str, int] = field(default_factory=dict)

    def add(self, sentence: str) -> None:
        self.found[sentence] = self.found.get(sentence, 0) + 1

    def notes(self) -> tuple[str, ...]:
        return tuple(sentence.format(count) for sentence, count in self.found.items())


EMPTY = "{} cues without text were left out."
TIMELESS = "{} cues with impossible times were left out."
LATE = "{} cues after the end of the film were left out."
LENGTHENED = "{} cues without a length were given one."
CUT = "{} cues were cut where the next one begins."
JOINED = "{} cues that overlap are shown together."
TOO_LONG = f"{{}} cues with more than {MAX_TEXT} characters lost the rest."
SHORTENED = "{} cues were cut at the end of the film."


def repair(cues: Sequence[Cue], duration_seconds: float | None) -> Repaired:
    """The cues in order, none touching another's time, all within `duration_seconds` (None: unknown).

    Raises InvalidRequest (no_cues, too_many_cues, broken_cues) with a sentence.
    """
    if len(cues) > MAX_CUES:
        raise InvalidRequest(f"The file has {len(cues)} cues; Marquee takes {MAX_CUES}.", code="too_many_cues")
    counts = _Counts()
    usable = sorted(_usable(cues, duration_seconds, counts), key=lambda cue: (cue.start_seconds, cue.end_seconds))
    wordless = counts.found.get(EMPTY, 0)
    if len(usable) * 2 < len(cues) - wordless:
        raise InvalidRequest(
            f"Only {len(usable)} of {len(cues)} cues have times within the film: it is not this film's text.",
            code="broken_cues",
        )
    if not usable:
        raise InvalidRequest("No cue with text and times was found.", code="no_cues")
    apart = tuple(_apart(list(dict.fromkeys(usable)), counts))
    return Repaired(apart, counts.notes())


def _usable(cues: Iterable[Cue], duration: float | None, counts: _Counts) -> Iterator[Cue]:
    for cue in cues:
        start, end, text = _milliseconds(max(0.0, cue.start_seconds)), cue.end_seconds, cue.text[:MAX_TEXT].strip()
        if not text:
            counts.add(EMPTY)
        elif not _possible(cue):
            counts.add(TIMELESS)
        elif duration is not None and start >= _milliseconds(duration):
            counts.add(LATE)
        else:
            if end - start < SHORTEST_SECONDS:
                counts.add(LENGTHENED)
                end = start + _reading_seconds(text)
            if duration is not None and end > duration:
                counts.add(SHORTENED)
                end = duration
            if len(cue.text) > MAX_TEXT:
                counts.add(TOO_LONG)
            yield Cue(start_seconds=start, end_seconds=_milliseconds(end), text=text)


def _possible(cue: Cue) -> bool:
    finite = math.isfinite(cue.start_seconds) and math.isfinite(cue.end_seconds)
    return finite and 0 <= cue.end_seconds >= cue.start_seconds


def _reading_seconds(text: str) -> float:
    return min(_LONGEST_READING, max(_SHORTEST_READING, len(text) / _READING_SPEED))


def _apart(cues: list[Cue], counts: _Counts) -> Iterator[Cue]:
    """The same texts at the same times, as cues that do not overlap."""
    for group in _touching(_without_slips(cues, counts)):
        if len(group) == 1:
            yield group[0]
            continue
        for _ in group:
            counts.add(JOINED)
        yield from _together(group)


def _without_slips(cues: list[Cue], counts: _Counts) -> list[Cue]:
    """A cue that lasts a little into the next one ends where that begins; it must not get lost by that."""
    kept: list[Cue] = []
    for cue, after in zip(cues, [*cues[1:], None], strict=True):
        room = math.inf if after is None else after.start_seconds - cue.start_seconds
        slip = -math.inf if after is None else cue.end_seconds - after.start_seconds
        if 0 < slip <= SLIP_SECONDS and room > SLIP_SECONDS:
            counts.add(CUT)
            cue = cue.model_copy(update={"end_seconds": cue.start_seconds + room})
        kept.append(cue)
    return kept


def _touching(cues: list[Cue]) -> Iterator[list[Cue]]:
    """Runs of cues each of which overlaps one before it."""
    group: list[Cue] = []
    end = -math.inf
    for cue in cues:
        if group and cue.start_seconds >= end:
            yield group
            group, end = [], -math.inf
        group.append(cue)
        end = max(end, cue.end_seconds)
    if group:
        yield group


def _together(group: list[Cue]) -> Iterator[Cue]:
    """One cue for every span in which the same texts stand, the earlier text above."""
    last: Cue | None = None
    for cue in _spans(group):
        start, end = cue.start_seconds, cue.end_seconds
        if last is not None and end - start < SHORTEST_SECONDS:
            cue = last.model_copy(update={"end_seconds": end})  # too short to be seen
        elif last is not None and last.text != cue.text:
            yield last
        elif last is not None:
            cue = last.model_copy(update={"end_seconds": end})
        last = cue
    if last is not None:
        yield last


def _spans(group: list[Cue]) -> Iterator[Cue]:
    """What stands between each two times at which something comes or goes. Each cue is looked at twice in all: a file
    may have thousands that last until its end."""
    comes, goes = deque(group), deque(sorted(group, key=lambda cue: cue.end_seconds))
    standing: dict[str, int] = {}  # how many cues say it
    times = sorted({time for cue in group for time in (cue.start_seconds, cue.end_seconds)})
    for start, end in itertools.pairwise(times):
        while comes and comes[0].start_seconds <= start:
            text = comes.popleft().text
            standing[text] = standing.get(text, 0) + 1
        while goes and goes[0].end_seconds <= start:
            text = goes.popleft().text
            standing[text] -= 1
            if not standing[text]:
                del standing[text]
        if standing:
            latest = list(itertools.islice(reversed(standing), MOST_AT_ONCE))
            yield Cue(start_seconds=start, end_seconds=end, text="\n".join(reversed(latest)))


def _milliseconds(seconds: float) -> float:
    return round(seconds, 3)
