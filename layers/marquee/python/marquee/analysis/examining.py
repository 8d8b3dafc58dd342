"""Pictures out of a film, shown to a service: labels, and what a moderator would look at."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from marquee.analysis.commands import still_command
from marquee.domain.analysis import Label, Moderation, ModerationReason, Span
from marquee.domain.analysis_services import PictureExaminer, Sighting
from marquee.media import process
from marquee.media.failures import raise_for_exit

# Each picture costs money twice.
MOST_PICTURES = 60
_AT_ONCE = 4
_MOST_LABELS = 60
# Seen once, a thing is told only when the service is quite sure of it.
_SURE_OF_ONE = 0.9
_LIMITS = process.Limits(cpu_seconds=30, wall_seconds=60)

Found = TypeVar("Found", Label, ModerationReason)
Sights = Sequence[tuple[float, Sequence[Sighting]]]


def choose_times(shots: Sequence[Span], most: int = MOST_PICTURES) -> list[float]:
    """The middles of shots, of the longer ones where there are too many; of very long shots several."""
    length = shots[-1].end_seconds - shots[0].start_seconds if shots else 0.0
    longest = max(length / most, 10.0)
    middles: list[tuple[float, float]] = []
    for shot in shots:
        span = shot.end_seconds - shot.start_seconds
        parts = max(1, round(span / longest))
        middles += [(span / parts, shot.start_seconds + span * (part + 0.5) / parts) for part in range(parts)]
    chosen = sorted(middles, key=lambda middle: -middle[0])[:most]
    return sorted(round(at, 3) for _, at in chosen)


def take_stills(ffmpeg: str, film: Path, times: Sequence[float]) -> list[tuple[float, bytes]]:
    """JPEG pictures with their times. Raises what `media.failures` raises."""
    taken = []
    for number, at in enumerate(times):
        picture = film.parent / f"still-{number}.jpg"
        command = still_command(ffmpeg, film, at, picture.name)
        raise_for_exit(process.run(lambda _: command, [], folder=film.parent, limits=_LIMITS))  # noqa: B023 - at once
        if picture.exists():  # there is none where a film ends a little earlier than it says
            taken.append((at, picture.read_bytes()))
    return taken


def find_labels(examiner: PictureExaminer, stills: Sequence[tuple[float, bytes]]) -> tuple[Label, ...]:
    """What is seen in several pictures, or surely in one; the most frequent first. Raises as the examiner."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(lambda still: examiner.labels(still[1]), stills))
    sights = [(at, names) for (at, _), names in zip(stills, answers, strict=True)]
    found = _gathered(sights, Label, examiner.name)
    told = [label for label in found if len(label.at_seconds) > 1 or label.confidence >= _SURE_OF_ONE]
    return tuple(sorted(told, key=lambda label: (-len(label.at_seconds), label.name))[:_MOST_LABELS])


def moderate(examiner: PictureExaminer, stills: Sequence[tuple[float, bytes]]) -> Moderation:
    """The verdict over all pictures. Raises as the examiner: a picture that was not looked at is not clear."""
    if not stills:
        return Moderation(source=examiner.name, confidence=0.0, state="not_examined")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(lambda still: examiner.objections(still[1]), stills))
    reasons = _gathered(
        [(at, names) for (at, _), names in zip(stills, answers, strict=True)], ModerationReason, examiner.name
    )
    if reasons:
        worst = max(reason.confidence for reason in reasons)
        return Moderation(source=examiner.name, confidence=worst, state="flagged", reasons=tuple(reasons))
    # how much of a film so many pictures are, nobody knows; each of them is clear
    return Moderation(source=examiner.name, confidence=0.9, state="clear")


def _gathered(sights: Sights, kind: type[Found], source: str) -> list[Found]:
    """One finding a name: all its times, and the most that anybody was sure of it."""
    times: dict[str, list[float]] = {}
    sure: dict[str, float] = {}
    for at, names in sights:
        for sighting in names:
            times.setdefault(sighting.name, []).append(at)
            sure[sighting.name] = max(sure.get(sighting.name, 0.0), sighting.confidence)
    return [
        kind(source=source, confidence=sure[name], name=name, at_seconds=tuple(dict.fromkeys(seconds)))
        for name, seconds in times.items()
    ]
