"""Advanced SubStation Alpha (.ass, .ssa): the words and times of its events; how they look is left out. Pure text."""

from __future__ import annotations

import re

from marquee.domain.text_tracks import Cue
from marquee.media.subtitles_text import plain_text
from marquee.media.subtitles_times import seconds_of

_FIELDS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_CLOCK = re.compile(r"\d{1,4}:\d{1,2}:\d{1,2}(?:[.,:]\d{1,3})?")
_OVERRIDES = re.compile(r"(?<!\\)\{[^{}]*\}")
# `\p1` and above draws: what follows are points, not words, until `\p0`.
_DRAWING = re.compile(r"\{[^{}]*\\p[1-9][^{}]*\}.*?(?:\{[^{}]*\\p0[^{}]*\}|$)", re.DOTALL)


def parse_ass(text: str) -> list[Cue]:
    """The dialogue in the file's order, as it stands there; comments and drawings are left out."""
    fields: tuple[str, ...] = _FIELDS
    cues = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        kind, _, rest = line.partition(":")
        name = kind.strip().lower()
        if name == "format" and "text" in rest.lower():
            fields = tuple(field.strip().lower() for field in rest.split(","))
        elif name == "dialogue" and (cue := _cue(rest, fields)) is not None:
            cues.append(cue)
    return cues


def event_text(text: str) -> str:
    """The words of one event's text field."""
    bare = _OVERRIDES.sub("", _DRAWING.sub("", text))
    for written, meant in (("\\N", "\n"), ("\\n", "\n"), ("\\h", " "), ("\\{", "{"), ("\\}", "}")):
        bare = bare.replace(written, meant)
    return plain_text(bare)


def _cue(rest: str, fields: tuple[str, ...]) -> Cue | None:
    values = dict(zip(fields, rest.split(",", len(fields) - 1), strict=False))
    start, end = values.get("start", "").strip(), values.get("end", "").strip()
    if not (_CLOCK.fullmatch(start) and _CLOCK.fullmatch(end)):
        return None
    return Cue(start_seconds=seconds_of(start), end_seconds=seconds_of(end), text=event_text(values.get("text", "")))
