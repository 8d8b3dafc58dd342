"""A text track as an HLS media playlist of WebVTT segments on a grid of its own. Pure text.

A cue that stands over a boundary is in both segments, whole: players show it once. A segment in which nothing is said
is there all the same, without cues.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator, Sequence

from marquee.domain import keys
from marquee.domain.text_tracks import SEGMENT_SECONDS, Cue
from marquee.media.subtitles_vtt import render_vtt

# What is left over at the end and shorter than this belongs to the segment before.
_SHORTEST_SECONDS = 0.5


def segment_spans(duration_seconds: float, segment_seconds: float = SEGMENT_SECONDS) -> list[tuple[float, float]]:
    """`[start, end)` of every segment of a film; at least one."""
    count = max(1, math.ceil((duration_seconds - _SHORTEST_SECONDS) / segment_seconds))
    starts = [number * segment_seconds for number in range(count)]
    return list(zip(starts, [*starts[1:], max(duration_seconds, 0.001)], strict=True))


def render_segments(cues: Sequence[Cue], spans: Sequence[tuple[float, float]]) -> Iterator[tuple[str, str]]:
    """Name and text of every segment. `cues` in order and apart."""
    ends = [cue.end_seconds for cue in cues]
    for number, (start, end) in enumerate(spans):
        first = bisect.bisect_right(ends, start)
        inside = []
        for cue in cues[first:]:
            if cue.start_seconds >= end:
                break
            inside.append(cue)
        yield keys.vtt_segment_name(number), render_vtt(inside, segment=True)


def render_text_playlist(spans: Sequence[tuple[float, float]]) -> str:
    """The media playlist of a whole track."""
    lengths = [end - start for start, end in spans]
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(1, math.floor(max(lengths) + 0.5))}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    for number, length in enumerate(lengths):
        lines += [f"#EXTINF:{length:.6f},", keys.vtt_segment_name(number)]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"
