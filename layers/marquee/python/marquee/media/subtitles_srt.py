"""SubRip (.srt), which nobody ever specified: read leniently, written as all players take it. Pure text."""

from __future__ import annotations

from collections.abc import Iterable

from marquee.domain.text_tracks import Cue
from marquee.media.subtitles_text import srt_text, without_markup
from marquee.media.subtitles_times import TIME_LINE, seconds_of, srt_clock


def parse_srt(text: str) -> list[Cue]:
    """The cues in the file's order, as they stand there. Numbers are not needed, nor are empty lines between cues."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = [(at, match) for at, line in enumerate(lines) if (match := TIME_LINE.fullmatch(line)) is not None]
    ends = [at for at, _ in found[1:]] + [len(lines)]
    cues = []
    for (at, times), end in zip(found, ends, strict=True):
        own = lines[at + 1 : end]
        if end < len(lines) and _ends_in_number(lines[:at], own):
            own = own[:-1]  # the next cue's
        words = without_markup("\n".join(own), entities=False)
        cues.append(Cue(start_seconds=seconds_of(times[1]), end_seconds=seconds_of(times[2]), text=words))
    return cues


def render_srt(cues: Iterable[Cue]) -> str:
    """A file of its own, in UTF-8 as everywhere."""
    return "\n".join(
        f"{number}\n{srt_clock(cue.start_seconds)} --> {srt_clock(cue.end_seconds)}\n{srt_text(cue.text)}\n"
        for number, cue in enumerate(cues, start=1)
    )


def _ends_in_number(before: list[str], own: list[str]) -> bool:
    """Whether the last line in front of the next times is the next cue's number: it stands alone, or counts on."""
    last = own[-1].strip() if own else ""
    if not last.isdigit():
        return False
    alone = len(own) > 1 and not own[-2].strip()
    number = before[-1].strip() if before else ""
    return alone or (number.isdigit() and int(last) == int(number) + 1)
