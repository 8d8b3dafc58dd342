"""Text that comes within a film: taken out by a confined process, as cues in seconds of the source."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from marquee.domain.errors import InvalidMedia
from marquee.domain.media import MediaInfo
from marquee.domain.media_text import SubtitleInfo
from marquee.domain.text_tracks import Cue
from marquee.media.captions_608 import decode_captions
from marquee.media.confined_child import DAMAGED, ask_child
from marquee.media.probe_limits import ProbeLimits
from marquee.media.subtitles_ass import event_text

# The whole source is read: as much as fits into the time of a function.
LIMITS = ProbeLimits(cpu_seconds=600, wall_seconds=780.0)
MAX_TRACKS = 32
# A text whose end nobody says stands until the next one, and no longer than this.
_OPEN_SECONDS = 7.0
_MAX_ANSWER_BYTES = 64 << 20

_EVENTS = TypeAdapter(list[tuple[int, float, float | None, str]])
_PAIRS = TypeAdapter(list[tuple[float, str]])


@dataclass(frozen=True, slots=True)
class ExtractedTrack:
    """One track's cues as they stand in the source; `info` None: the captions within the pictures."""

    info: SubtitleInfo | None
    cues: tuple[Cue, ...]


def text_tracks_in(media: MediaInfo) -> tuple[SubtitleInfo, ...]:
    """The tracks whose letters can be taken."""
    return tuple(info for info in media.subtitles if info.text)[:MAX_TRACKS]


def has_text(media: MediaInfo) -> bool:
    """Whether `extract_text` would find anything."""
    return bool(text_tracks_in(media)) or media.closed_captions


def extract_text(url: str, media: MediaInfo, limits: ProbeLimits = LIMITS) -> list[ExtractedTrack]:
    """All text of the film at `url` (http(s) or a path), tracks in its order, captions of the pictures last.

    Raises InvalidMedia and TransientError as `probe` does.
    """
    if not has_text(media):
        return []
    tracks = text_tracks_in(media)
    order = {
        "url": url,
        "size_bytes": media.size_bytes,
        "container": media.container,
        "streams": [info.stream_index for info in tracks],
        "captions": media.video.stream_index if media.closed_captions else None,
    }
    answer = ask_child("marquee.media.subtitles_child", order, limits, max_answer_bytes=_MAX_ANSWER_BYTES)
    try:
        events = _EVENTS.validate_python(answer["events"])
        pairs = [(at, bytes.fromhex(data)) for at, data in _PAIRS.validate_python(answer["pairs"])]
    except (KeyError, ValidationError, ValueError) as error:
        raise InvalidMedia(DAMAGED, code="unreadable") from error
    found = [ExtractedTrack(info, tuple(cues_of(events, info.stream_index))) for info in tracks if not _is_608(info)]
    captioned = next((info for info in tracks if _is_608(info)), None)
    if captioned is not None or media.closed_captions:
        end = max((at for at, _ in pairs), default=0.0) + _OPEN_SECONDS
        found.append(ExtractedTrack(captioned, tuple(decode_captions(pairs, end))))
    return found


def _is_608(info: SubtitleInfo) -> bool:
    return info.codec in {"cc_dec", "eia_608"}


def cues_of(events: list[tuple[int, float, float | None, str]], stream: int) -> Iterator[Cue]:
    """One stream's `[stream, start, end, text]`, in order of time; where nobody says an end there is one."""
    own = sorted((start, end, text) for index, start, end, text in _closed(events) if index == stream)
    starts = sorted({start for start, _, _ in own})
    following = dict(itertools.pairwise(starts))
    for start, end, text in own:
        closed = min(start + _OPEN_SECONDS, following.get(start, math.inf)) if end < 0 else end
        yield Cue(start_seconds=start, end_seconds=closed, text=event_text(text))


def _closed(events: list[tuple[int, float, float | None, str]]) -> Iterator[tuple[int, float, float, str]]:
    """With -1 for an end that nobody says."""
    for index, start, end, text in events:
        yield index, start, -1.0 if end is None else end, text
