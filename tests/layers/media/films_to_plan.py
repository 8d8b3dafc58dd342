"""Films made of nothing but numbers, for everything that plans and never opens a file."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from marquee.domain.media import AudioInfo, MediaInfo, VideoInfo


def numbered_film(
    *,
    frames: int = 750,
    rate: Fraction | int | str = 25,
    time_base: Fraction | str = "1/12800",
    keyframe_every: int | None = 50,
    start_pts: int = 0,
    size: tuple[int, int] = (1920, 1080),
    size_bytes: int = 10_000_000,
    audio: tuple[AudioInfo, ...] = (),
    **video: Any,
) -> MediaInfo:
    """A film whose frame n is shown at `round(n / rate)` in ticks of `time_base` after `start_pts`."""
    step = 1 / (Fraction(rate) * Fraction(time_base))
    keyframes = range(0, frames, keyframe_every) if keyframe_every else ()
    fields: dict[str, Any] = {
        "stream_index": 0,
        "codec": "h264",
        "pixel_format": "yuv420p",
        "coded_width": size[0],
        "coded_height": size[1],
        "time_base": time_base,
        "start_pts": start_pts,
        "end_pts": start_pts + round(frames * step),
        "frame_rate": rate,
        "constant_frame_rate": True,
        "frame_count": frames,
        "keyframe_pts": tuple(start_pts + round(n * step) for n in keyframes),
        "closed_gop": True,
    }
    info = VideoInfo.model_validate(fields | video)
    return MediaInfo(
        container="mp4",
        size_bytes=size_bytes,
        duration_seconds=info.duration_seconds,
        video=info,
        audio=audio,
    )


def frame_pts(frames: int, rate: Fraction, time_base: Fraction, start_pts: int = 0) -> list[int]:
    """The times of frames as a container writes them: rounded to its ticks."""
    step = 1 / (rate * time_base)
    tick, length = step.denominator, step.numerator
    return [start_pts + (2 * n * length + tick) // (2 * tick) for n in range(frames)]


def sound(index: int = 1, **fields: Any) -> AudioInfo:
    known: dict[str, Any] = {
        "stream_index": index,
        "codec": "aac",
        "channels": 2,
        "sample_rate": 48_000,
        "time_base": "1/48000",
        "start_pts": 0,
    }
    return AudioInfo.model_validate(known | fields)
