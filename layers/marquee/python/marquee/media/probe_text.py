"""Text in an opened film, as plain values for JSON (the fields of `domain.media_text.SubtitleInfo`)."""

from __future__ import annotations

from typing import Any

import av
from av.sidedata.sidedata import Type
from av.stream import Disposition

# What ffmpeg decodes to letters. Of the others there are only pictures (Blu-ray, DVD, DVB), or nothing to be had.
TEXT_CODECS = frozenset(
    {"mov_text", "subrip", "srt", "ass", "ssa", "webvtt", "text", "cc_dec", "eia_608", "microdvd", "subviewer"}
)


def describe_text(container: av.container.InputContainer) -> list[dict[str, Any]]:
    """Every subtitle track in the container's order."""
    described = []
    for stream in container.streams.subtitles:
        codec = stream.codec_context.name if stream.codec_context is not None else "unknown"
        described.append(
            {
                "stream_index": stream.index,
                "codec": codec,
                "text": codec in TEXT_CODECS,
                "language": stream.metadata.get("language"),
                "title": stream.metadata.get("title"),
                "default": bool(stream.disposition & Disposition.default),
                "forced": bool(stream.disposition & Disposition.forced),
                "sdh": bool(stream.disposition & (Disposition.hearing_impaired | Disposition.captions)),
            }
        )
    return described


def carries_captions(frame: av.VideoFrame) -> bool:
    """Whether a decoded picture has captions (ATSC A/53) beside it; empty ones count, words may come later."""
    return Type.A53_CC in frame.side_data
