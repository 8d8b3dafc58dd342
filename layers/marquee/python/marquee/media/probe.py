"""The probe: what a source is, found out by a child process that hostile bytes may take over without gain.

The child gets no environment, no file it may write, a cap on memory, processor and wall-clock time, and of
the network only what `probe_source` opens: the one URL it was given. Its answer is checked like any input.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from marquee.domain.errors import InvalidMedia
from marquee.domain.media import MediaInfo
from marquee.media.confined_child import DAMAGED, ask_child
from marquee.media.probe_languages import language_tag
from marquee.media.probe_limits import ProbeLimits


def probe(url: str, *, size_bytes: int, limits: ProbeLimits | None = None) -> MediaInfo:
    """What the film at `url` (http(s), also presigned, or a path) of `size_bytes` is.

    Raises InvalidMedia with one of the codes empty_file, unsupported_container, truncated, unreadable, no_video,
    unsupported_codec, too_many_streams, too_large_picture, too_long, too_many_frames, frame_rate_too_high,
    too_complex, source_unreachable; TransientError when the source could not be read in time.
    """
    bounds = limits or ProbeLimits()
    if size_bytes <= 0:
        raise InvalidMedia("The file is empty.", code="empty_file")
    return _media_info(ask_child("marquee.media.probe_child", {"url": url, "size_bytes": size_bytes}, bounds))


def _media_info(answer: dict[str, Any]) -> MediaInfo:
    info = answer["info"]
    for track in (*info["audio"], *info["subtitles"]):
        track["language"] = language_tag(track["language"])
    try:
        media = MediaInfo.model_validate(info)
    except ValidationError as error:
        raise InvalidMedia(DAMAGED, code="unreadable") from error
    duration = max(media.duration_seconds, media.video.duration_seconds)
    return media.model_copy(update={"duration_seconds": duration})
