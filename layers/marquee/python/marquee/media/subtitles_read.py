"""A subtitle file of unknown form → its cues. Pure."""

from __future__ import annotations

import codecs
import re

from marquee.domain.errors import InvalidRequest
from marquee.domain.text_tracks import Cue
from marquee.media.subtitles_ass import parse_ass
from marquee.media.subtitles_srt import parse_srt
from marquee.media.subtitles_times import TIME_LINE
from marquee.media.subtitles_vtt import parse_vtt

_ASS = re.compile(r"^\s*(\[Script Info\]|\[Events\]|Dialogue\s*:)", re.IGNORECASE | re.MULTILINE)
_HEAD_CHARACTERS = 20_000
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode_text(body: bytes) -> str:
    """UTF-8 or UTF-16 as the file says, else what most old files in Latin letters are in."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def read_cues(text: str) -> list[Cue]:
    """The cues of a WebVTT, SubRip or ASS/SSA file, told by its content, as they stand there.

    Raises InvalidRequest (unknown_subtitles) for anything else.
    """
    text = text.removeprefix("\ufeff")
    head = text[:_HEAD_CHARACTERS]
    if head.lstrip().startswith("WEBVTT"):
        return parse_vtt(text.lstrip())
    if _ASS.search(head):
        return parse_ass(text)
    if any(TIME_LINE.fullmatch(line) for line in text.splitlines()):
        return parse_srt(text)
    raise InvalidRequest(
        "This is no WebVTT, SubRip or ASS/SSA file: no cue with times was found in it.", code="unknown_subtitles"
    )
