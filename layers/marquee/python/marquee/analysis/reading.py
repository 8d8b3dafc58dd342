"""From stretches of writing to text with times: which pictures are read, and when the text comes and goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from marquee.analysis.chapters import Card
from marquee.analysis.commands import SAMPLES_A_SECOND
from marquee.analysis.ocr import SOURCE, Line, read_writing
from marquee.analysis.writing import Stretch
from marquee.domain.analysis import OnScreenText, Span
from marquee.domain.deadline import Deadline

STEP_SECONDS = 1 / SAMPLES_A_SECOND
_SURE_FLEETING = 0.9
# A card's letters are large and it shows little else; huge letters are a title over any picture.
_CARD_HEIGHT, _CARD_ALONE, _HUGE_HEIGHT = 0.045, 0.7, 0.1
_LONGEST_CARD = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """Text in order of time, and which of it are cards."""

    texts: list[OnScreenText]
    cards: list[Card]


def read_stretches(
    stretches: Sequence[Stretch],
    shots: Sequence[Span],
    duration_seconds: float,
    folder: Path,
    deadline: Deadline | None = None,
) -> Reading:
    """Read stretches of writing, given in order of time. Raises as `ocr.read_writing`."""
    pages = read_writing([stretch.picture for stretch in stretches], folder, deadline=deadline)
    found = [
        _text(stretch, lines, shots, duration_seconds)
        for stretch, lines in zip(stretches, map(_sure, stretches, pages), strict=True)
        if lines
    ]
    return Reading(_joined([text for text, _ in found]), [card for _, card in found if card])


def _sure(stretch: Stretch, lines: list[Line]) -> list[Line]:
    return lines if stretch.is_steady else [line for line in lines if line.confidence >= _SURE_FLEETING]


def _text(
    stretch: Stretch, lines: Sequence[Line], shots: Sequence[Span], duration_seconds: float
) -> tuple[OnScreenText, Card | None]:
    start, end = _times(stretch, shots, duration_seconds)
    confidence = sum(line.confidence for line in lines) / len(lines)
    text = OnScreenText(
        source=SOURCE,
        confidence=round(confidence, 3),
        start_seconds=start,
        end_seconds=end,
        text="\n".join(line.text for line in lines),
    )
    height = max(line.height_share for line in lines)
    large = height >= _CARD_HEIGHT and stretch.alone >= _CARD_ALONE
    is_card = stretch.is_steady and len(text.text) <= _LONGEST_CARD and (large or height >= _HUGE_HEIGHT)
    return text, Card(start, end, text.text, text.confidence, height) if is_card else None


def _times(stretch: Stretch, shots: Sequence[Span], duration_seconds: float) -> tuple[float, float]:
    """Samples are half a second apart; a cut between two of them says it exactly."""
    cuts = [shot.start_seconds for shot in shots]
    before = [at for at in cuts if stretch.first - STEP_SECONDS < at <= stretch.first]
    after = [at for at in cuts if stretch.last < at <= stretch.last + STEP_SECONDS + 0.05]
    end = min(after) if after else min(stretch.last + STEP_SECONDS, duration_seconds)
    return round(max(before, default=stretch.first), 3), round(end, 3)


def _joined(texts: Sequence[OnScreenText]) -> list[OnScreenText]:
    """The same text again at once is one text: its background moved, or it faded."""
    found: list[OnScreenText] = []
    for text in texts:
        last = found[-1] if found else None
        if last and last.text.casefold() == text.text.casefold() and text.start_seconds - last.end_seconds <= 1.0:
            found[-1] = last.model_copy(update={"end_seconds": max(last.end_seconds, text.end_seconds)})
        else:
            found.append(text)
    return found
