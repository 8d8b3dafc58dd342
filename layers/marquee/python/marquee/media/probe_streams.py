"""What the streams of an opened film are, as plain values for JSON (the fields of `domain.media`)."""

from __future__ import annotations

import math
import time
from fractions import Fraction
from itertools import islice, pairwise
from typing import Any

import av
from av.stream import Disposition

from marquee.media.probe_limits import ProbeLimits, Refusal
from marquee.media.probe_packets import FrameTimes, to_the_end
from marquee.media.probe_text import carries_captions
from marquee.media.probe_timing import steady_rate

_NOT_A_FILM = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
_FRAMES_TO_SEE = 8
_SECONDS_TO_SEE = 0.5
_LONG_FRAME_SECONDS = Fraction(1, 2)
_MOST_LONG_FRAMES = 100_000
_COMMON_RATES = tuple(
    Fraction(rate) for rate in ("24", "25", "30", "50", "60", "24000/1001", "30000/1001", "60000/1001")
)
_SAME_RATE = Fraction(1, 5000)
# ISO/IEC 23091-2 code points → ffmpeg's names, the ones its filters take.
_TRANSFERS = {
    **{1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 11: "iec61966-2-4"},
    **{13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084", 18: "arib-std-b67"},
}
_PRIMARIES = {
    **{1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020"},
    **{11: "smpte431", 12: "smpte432"},
}
_SPACES = {
    **{0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc"},
    **{10: "bt2020c", 14: "ictcp"},
}
_RANGES = {1: "tv", 2: "pc"}


def choose_video(container: av.container.InputContainer, limits: ProbeLimits) -> av.VideoStream:
    """The stream to encode: the one marked default, else the largest. Cover pictures are none."""
    films = [s for s in container.streams.video if not s.disposition & _NOT_A_FILM]
    if not films:
        raise Refusal("no_video", "The file has no video track.")
    usable = [s for s in films if s.codec_context is not None and s.width > 0 and s.height > 0]
    if not usable:
        raise Refusal("unsupported_codec", "The video is in a format that Marquee cannot decode.")
    chosen = max(usable, key=lambda s: (bool(s.disposition & Disposition.default), s.width * s.height, -s.index))
    if chosen.width * chosen.height > limits.max_pixels or max(chosen.width, chosen.height) > limits.max_side:
        raise Refusal(
            "too_large_picture",
            f"The picture is {chosen.width}×{chosen.height}; Marquee accepts up to 8192×4320.",
        )
    return chosen


def see_frames(container: av.container.InputContainer, stream: av.VideoStream, limits: ProbeLimits) -> dict[str, Any]:
    """Decode the first few frames: what only a picture tells, and the proof that there is one."""
    context = stream.codec_context
    context.thread_count = 1
    # A header may promise a small picture and the stream then hold a huge one.
    context.options = {"max_pixels": str(limits.max_pixels)}
    started, seen, interlaced, rotation = time.monotonic(), 0, False, 0
    captioned = False
    try:
        for frame in to_the_end(container.decode(stream)):
            seen += 1
            interlaced = interlaced or frame.interlaced_frame
            captioned = captioned or carries_captions(frame)
            rotation = round(-frame.rotation / 90) * 90 % 360
            if seen >= _FRAMES_TO_SEE or time.monotonic() - started > _SECONDS_TO_SEE:
                break
    except MemoryError:
        raise
    except av.error.FFmpegError as error:
        raise Refusal("unreadable", "The first pictures of the film cannot be decoded.") from error
    if seen == 0:
        raise Refusal("no_video", "The video track holds no picture.")
    return {"interlaced": interlaced, "rotation": rotation, "closed_captions": captioned}


def describe_video(
    stream: av.VideoStream, times: FrameTimes, limits: ProbeLimits, seen: dict[str, Any]
) -> dict[str, Any]:
    """The fields of `VideoInfo`; refuses films that are too long or too fast."""
    context, base = stream.codec_context, Fraction(stream.time_base or 1)
    constant = steady_rate(times, base, _rate_candidates(stream, times, base))
    span = times.pts[-1] - times.pts[0]
    average = constant or Fraction(len(times.pts) - 1) / (span * base)
    if not times.complete and constant is None:
        average = Fraction(stream.average_rate or average)
    end = times.pts[-1] + (times.last_duration or max(1, round(1 / (average * base))))
    if constant is not None and times.complete:
        end = times.pts[0] + round(len(times.pts) / (constant * base))
    if float((end - times.pts[0]) * base) > limits.max_duration_seconds:
        raise too_long(limits)
    if average > limits.max_frame_rate:
        raise Refusal(
            "frame_rate_too_high",
            f"The film has {float(average):.0f} frames a second; Marquee accepts {limits.max_frame_rate:.0f}.",
        )
    ratio = stream.sample_aspect_ratio
    return {
        "stream_index": stream.index,
        "codec": context.name,
        "pixel_format": context.pix_fmt or "unknown",
        "coded_width": stream.width,
        "coded_height": stream.height,
        "sample_aspect_ratio": str(_sane_ratio(ratio)),
        "time_base": str(base),
        "start_pts": times.pts[0],
        "end_pts": max(end, times.pts[-1] + 1),
        "frame_rate": str(constant or average.limit_denominator(1001)),
        "constant_frame_rate": constant is not None,
        "frame_count": len(times.pts) if times.complete else None,
        "bit_depth": context.format.components[0].bits if context.format else 8,
        "color_transfer": _TRANSFERS.get(int(context.color_trc)),
        "color_primaries": _PRIMARIES.get(int(context.color_primaries)),
        "color_space": _SPACES.get(int(context.colorspace)),
        "color_range": _RANGES.get(int(context.color_range)),
        "keyframe_pts": times.keyframes,
        "closed_gop": times.closed,
        "long_frames": [] if constant is not None else _long_frames(times, base),
        **seen,
    }


def _long_frames(times: FrameTimes, base: Fraction) -> list[tuple[int, int]]:
    least = math.floor(_LONG_FRAME_SECONDS / base)
    pairs = ((a, b) for a, b in pairwise(times.pts) if b - a > least)
    return list(islice(pairs, _MOST_LONG_FRAMES)) if times.complete else []


def describe_audio(stream: av.AudioStream) -> dict[str, Any]:
    """The fields of `AudioInfo`."""
    context, base = stream.codec_context, Fraction(stream.time_base or 1)
    return {
        "stream_index": stream.index,
        "codec": context.name,
        "channels": context.layout.nb_channels,
        "sample_rate": context.sample_rate,
        "time_base": str(base),
        "start_pts": stream.start_time or 0,
        "duration_seconds": None if stream.duration is None else float(stream.duration * base),
        "language": stream.metadata.get("language"),
        "title": stream.metadata.get("title"),
        "default": bool(stream.disposition & Disposition.default),
    }


def too_long(limits: ProbeLimits) -> Refusal:
    hours = limits.max_duration_seconds / 3600
    return Refusal("too_long", f"The film is longer than the {hours:.0f} hours that Marquee accepts.")


def _sane_ratio(ratio: Fraction | None) -> Fraction:
    # 0 means unknown; far-off ratios are errors of a muxer and would plan a picture one pixel high.
    return ratio if ratio and Fraction(1, 4) <= ratio <= 4 else Fraction(1)


def _rate_candidates(stream: av.VideoStream, times: FrameTimes, base: Fraction) -> list[Fraction]:
    """Rates that may be the constant one, the container's own words first."""
    said = [stream.average_rate, stream.guessed_rate, stream.base_rate]
    candidates: list[Fraction] = []
    for rate in filter(None, said):
        # A container says 23.977 where it means 24000/1001; no two common rates lie that close together.
        candidates += [common for common in _COMMON_RATES if abs(common / rate - 1) < _SAME_RATE]
        candidates.append(Fraction(rate))
    if len(times.pts) > 1 and times.complete:
        measured = Fraction(len(times.pts) - 1) / ((times.pts[-1] - times.pts[0]) * base)
        candidates += [rate for rate in _COMMON_RATES if abs(rate / measured - 1) < Fraction(1, 200)]
        candidates.append(measured)
    return [*dict.fromkeys(candidates), *([] if candidates else _COMMON_RATES)]
