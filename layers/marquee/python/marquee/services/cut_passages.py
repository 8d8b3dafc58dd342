"""Cut a film's text into passages that a search can find. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from marquee.domain.analysis import OnScreenText
from marquee.domain.search_terms import MAX_WORDS
from marquee.domain.spoken import Line, Origin, Passage
from marquee.domain.text_tracks import Cue, TextTrack
from marquee.services.word_times import WordTimes

NOBODY_HEARD = WordTimes()
PASSAGE_WORDS = 60
PASSAGE_SECONDS = 30.0
# Who was silent for so long speaks of something else: no passage goes on over it.
PAUSE_SECONDS = 8.0


def passages_of_track(
    origin: Origin, track: TextTrack, cues: Sequence[Cue], times: WordTimes = NOBODY_HEARD
) -> tuple[Passage, ...]:
    """What is said. Consecutive passages share a line, unless there is a pause between."""
    lines = [line for cue in cues for line in _lines(cue.start_seconds, cue.end_seconds, cue.text, times)]
    return tuple(
        Passage(
            id=_id(origin, number),
            origin=origin,
            kind="said",
            language=track.language,
            draft=track.draft,
            lines=tuple(passage),
        )
        for number, passage in enumerate(_grouped(lines))
    )


def passages_of_pictures(origin: Origin, texts: Iterable[OnScreenText], language: str | None) -> tuple[Passage, ...]:
    """What stands in the picture: one passage a text."""
    lines = [_lines(text.start_seconds, text.end_seconds, text.text) for text in texts]
    return tuple(
        Passage(id=_id(origin, number), origin=origin, kind="seen", language=language, draft=True, lines=tuple(found))
        for number, found in enumerate(found for found in lines if found)
    )


def _id(origin: Origin, number: int) -> str:
    """By asset, version, origin, and place in the film."""
    return f"{origin.key}:{number:05d}"


def _lines(start: float, end: float, text: str, times: WordTimes = NOBODY_HEARD) -> list[Line]:
    """A text on one line; of one that is longer than search sees, parts, with their share of its time."""
    found = text.split()
    parts = [found[index : index + MAX_WORDS] for index in range(0, len(found), MAX_WORDS)]
    span = (end - start) / max(1, len(parts))
    spans = [(start + index * span, start + (index + 1) * span) for index in range(len(parts))]
    return [
        Line(start_seconds=begin, end_seconds=stop, text=" ".join(part), word_seconds=times.of(part, begin, stop))
        for part, (begin, stop) in zip(parts, spans, strict=True)
    ]


def _grouped(lines: Sequence[Line]) -> Iterator[list[Line]]:
    passage: list[Line] = []
    for line in lines:
        if passage and line.start_seconds - passage[-1].end_seconds > PAUSE_SECONDS:
            yield passage
            passage = []
        elif len(passage) > 1 and _is_full(passage, line):
            yield passage
            passage = passage[-1:]
        passage.append(line)
    if passage:
        yield passage


def _is_full(passage: Sequence[Line], line: Line) -> bool:
    count = sum(len(one.text.split()) for one in (*passage, line))
    return count > PASSAGE_WORDS or line.end_seconds - passage[0].start_seconds > PASSAGE_SECONDS
