"""Where one shot ends and the next begins, out of how much every frame differs from the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marquee.domain.analysis import Span

CUTS, FADES = "ffmpeg.scdet", "ffmpeg.blackdetect"
# Mean difference of neighbouring frames' pixels, in hundredths of the range. A cut stands out from the frames around
# it; more where the difference itself is small (two views of one place) than where it is large.
_LARGE, _LARGE_FACTOR = 9.0, 1.6
_SMALL, _SMALL_FACTOR = 3.0, 3.5
_NEIGHBOURS = 3
_WILD, _WILD_FACTOR, _WILD_CONFIDENCE = 20.0, 4.0, 0.6
# A change of a film that has few pictures a second: of the differences, and how far apart they are at most.
_STEP, _SLOWEST = 0.1, 0.34
# A fade through black has no cut: the new shot begins where the black ends.
_FADE_MARGIN_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame's time in seconds and how much it differs from the one before it, 0 to 100."""

    at_seconds: float
    difference: float


@dataclass(frozen=True, slots=True)
class _Cut:
    at_seconds: float
    confidence: float
    source: str = CUTS


def find_shots(frames: Sequence[Frame], black: Sequence[tuple[float, float]], duration_seconds: float) -> list[Span]:
    """Shots that cover `[0, duration_seconds)` without gaps; each one's confidence is that of its beginning."""
    cuts = _hard_cuts(frames)
    cuts += [_Cut(end, 0.6, FADES) for _, end in _faded(black, cuts) if 0 < end < duration_seconds]
    starts = [_Cut(0.0, 1.0), *sorted(cuts, key=lambda cut: cut.at_seconds)]
    ends = [cut.at_seconds for cut in starts[1:]] + [duration_seconds]
    return [
        Span(
            source=start.source,
            confidence=round(start.confidence, 3),
            start_seconds=round(start.at_seconds, 3),
            end_seconds=round(end, 3),
        )
        for start, end in zip(starts, ends, strict=True)
        if end > start.at_seconds
    ]


def _hard_cuts(frames: Sequence[Frame]) -> list[_Cut]:
    sure = (_standing_out(frames, index) for index in range(len(frames)))
    return [_Cut(frame.at_seconds, value) for frame, value in zip(frames, sure, strict=True) if value > 0]


def _standing_out(frames: Sequence[Frame], index: int) -> float:
    """0 for no cut, else how sure it is one (0..1).

    A flash is no peak: its end differs as much as its beginning.
    """
    difference = frames[index].difference
    if index == 0 or difference < _SMALL:
        return 0.0
    before = [frame.difference for frame in frames[max(1, index - _NEIGHBOURS) : index]]
    after = [frame.difference for frame in frames[index + 1 : index + 1 + _NEIGHBOURS]]
    highest = max((*before, *after, *_steps_around(frames, index)), default=0.0)
    if difference >= _factor(difference) * highest:
        return 1 - highest / difference / 2
    return _WILD_CONFIDENCE if _begins_or_ends_wild(difference, before, after) else 0.0


def _steps_around(frames: Sequence[Frame], index: int) -> list[float]:
    """Differences of the changes around a frame, where pictures change only every few frames, and in time: a webcam's
    or a screen's film, or one drawn on fours, whose motion goes in jumps that have nothing beside them."""
    earlier, later = (_changes(frames, index, way) for way in (-1, 1))
    places = [*reversed(earlier), index, *later]
    in_time = [
        places[at : at + 3]
        for at in range(len(places) - 2)
        if abs(places[at + 2] - 2 * places[at + 1] + places[at]) <= 1 and index in places[at : at + 3]
    ]
    return [frames[place].difference for run in in_time for place in run if place != index]


def _changes(frames: Sequence[Frame], index: int, way: int) -> list[int]:
    """The next two frames before or after this one that change, no farther apart than a slow film's pictures."""
    least, found, last = frames[index].difference * _STEP, list[int](), index
    at = index + way
    while 0 < at < len(frames) and len(found) < 2 and abs(frames[at].at_seconds - frames[last].at_seconds) <= _SLOWEST:
        if frames[at].difference >= least:
            found.append(at)
            last = at
        at += way
    return found


def _factor(difference: float) -> float:
    """How many times the differences around it a cut's own is."""
    largeness = min(1.0, (difference - _SMALL) / (_LARGE - _SMALL))
    return _SMALL_FACTOR + largeness * (_LARGE_FACTOR - _SMALL_FACTOR)


def _begins_or_ends_wild(difference: float, before: Sequence[float], after: Sequence[float]) -> bool:
    """A still shot beside one in which all pixels change all the time, which has no stillness to stand out from."""
    calm = difference / _WILD_FACTOR
    starts = max(before, default=difference) <= calm < min(after, default=0.0)
    ends = max(after, default=difference) <= calm < min(before, default=0.0)
    return difference >= _WILD and (starts or ends)


def _faded(black: Sequence[tuple[float, float]], cuts: Sequence[_Cut]) -> list[tuple[float, float]]:
    """Black stretches that no cut bounds."""
    times = [cut.at_seconds for cut in cuts]
    return [
        (start, end)
        for start, end in black
        if not any(start - _FADE_MARGIN_SECONDS <= at <= end + _FADE_MARGIN_SECONDS for at in times)
    ]
