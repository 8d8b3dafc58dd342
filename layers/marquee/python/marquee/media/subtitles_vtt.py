"""WebVTT (W3C), read leniently and written strictly. Pure text, both ways."""

from __future__ import annotations

import re
from collections.abc import Iterable

from marquee.domain.text_tracks import Cue
from marquee.media.subtitles_text import vtt_text, without_markup
from marquee.media.subtitles_times import TIME_LINE, seconds_of, vtt_clock

# Output time 0 is media time 0 of the film's segments (HLS wants the mapping said, RFC 8216 §3.5).
TIMESTAMP_MAP = "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000"
# The words alone: an identifier may begin with them.
_NO_CUES = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")


def parse_vtt(text: str) -> list[Cue]:
    """The cues in the file's order, as they stand there: times are not looked at. Settings and styles are left out."""
    cues: list[Cue] = []
    for block in _blocks(text):
        # A cue may have an identifier in front of its times.
        for at, line in enumerate(block[:2]):
            found = TIME_LINE.fullmatch(line)
            if found is not None:
                words = without_markup("\n".join(block[at + 1 :]), entities=True)
                cues.append(Cue(start_seconds=seconds_of(found[1]), end_seconds=seconds_of(found[2]), text=words))
                break
    return cues


def render_vtt(cues: Iterable[Cue], *, segment: bool = False) -> str:
    """A file of its own; with `segment`, as part of an HLS playlist."""
    head = ["WEBVTT", TIMESTAMP_MAP] if segment else ["WEBVTT"]
    parts = ["\n".join(head)]
    for cue in cues:
        times = f"{vtt_clock(cue.start_seconds)} --> {vtt_clock(cue.end_seconds)}"
        parts.append(f"{times}\n{vtt_text(cue.text)}")
    return "\n\n".join(parts) + "\n"


def _blocks(text: str) -> Iterable[list[str]]:
    """Runs of lines between empty ones, but for the header and what holds no cue. A time line within a cue's words
    begins the next cue, as the standard's parser has it: somebody forgot the empty line."""
    block: list[str] = []
    timed = False
    for line in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        is_time = TIME_LINE.fullmatch(line) is not None
        if line.strip() and not (is_time and timed):
            block.append(line)
            timed = timed or (is_time and not _NO_CUES.match(block[0]))
            continue
        if block and not _NO_CUES.match(block[0]):
            yield block[1:] if block[0].startswith("WEBVTT") else block
        block, timed = ([line], True) if is_time else ([], False)
