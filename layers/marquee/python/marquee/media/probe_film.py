"""The examination of one film, from its magic to the times of its frames. Runs in the confined child."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import av

from marquee.media import sniff
from marquee.media.probe_boxes import read_boxes
from marquee.media.probe_limits import ProbeLimits, Refusal
from marquee.media.probe_packets import FrameTimes, Index
from marquee.media.probe_source import BLOCK_BYTES, SourceFile
from marquee.media.probe_streams import choose_video, describe_audio, describe_video, see_frames, too_long
from marquee.media.probe_text import describe_text
from marquee.media.probe_timing import read_times

_END_TOLERANCE_SECONDS = 0.5
_END_TOLERANCE_SHARE = 0.02
_CUT_OFF = "The file is cut off: it says it is longer than it is. Please upload it again."


def examine_film(source: SourceFile, size_bytes: int, limits: ProbeLimits) -> dict[str, Any]:
    """The fields of `MediaInfo` of the source's bytes, or Refusal."""
    head = source.read_exactly(0, sniff.HEAD_BYTES)
    if not head:
        raise Refusal("empty_file", "The file is empty.")
    name = sniff.sniff(head)
    if name is None:
        raise Refusal(
            "unsupported_container", "This is not a film: Marquee takes MP4, MOV, MKV, WebM, MPEG-TS, AVI and FLV."
        )
    if (sniff.declared_size(name, head) or 0) > size_bytes:
        raise Refusal("truncated", _CUT_OFF)
    indexed = name == "mp4" and _check_boxes(source, size_bytes, limits)
    av.logging.set_level(None)
    try:
        with closing(open_container(source, sniff.DEMUXERS[name], limits)) as container:
            return {"container": name, "size_bytes": size_bytes} | _describe(
                container, source, size_bytes, limits, indexed=indexed
            )
    except av.error.FFmpegError as error:
        if source.failure is not None:
            raise source.failure from error
        if isinstance(error, MemoryError):
            raise
        raise Refusal("unreadable", "The file is damaged: its structure cannot be read.") from error


def _check_boxes(source: SourceFile, size_bytes: int, limits: ProbeLimits) -> bool:
    """Whether the index names every frame; refuses what is cut off or overfull before a demuxer sees it."""
    facts = read_boxes(source, size_bytes)
    if facts.tracks > limits.max_streams:
        raise _too_many_streams(facts.tracks, limits)
    if facts.cut_off and not facts.fragmented:
        raise Refusal("truncated", _CUT_OFF)
    if not facts.has_index:
        raise Refusal("unreadable", "The file has no index (moov box): the recording was not finished.")
    return not facts.fragmented


def open_container(source: SourceFile, demuxer: str, limits: ProbeLimits) -> av.container.InputContainer:
    """The film behind `source`, for this one demuxer."""
    # The demuxer is named, not guessed, and may open nothing else: it has no protocol to do it with.
    walls = {"format_whitelist": demuxer, "protocol_whitelist": "none"}
    return av.open(
        source,
        mode="r",
        format=demuxer,
        container_options=walls,
        options={"max_pixels": str(limits.max_pixels), "threads": "1"},
        buffer_size=BLOCK_BYTES,
        metadata_errors="replace",  # titles of old films are in any encoding
    )


def _describe(
    container: av.container.InputContainer,
    source: SourceFile,
    size_bytes: int,
    limits: ProbeLimits,
    *,
    indexed: bool,
) -> dict[str, Any]:
    if len(container.streams) > limits.max_streams:
        raise _too_many_streams(len(container.streams), limits)
    if (container.duration or 0) / av.time_base > limits.max_duration_seconds:
        raise too_long(limits)
    stream = choose_video(container, limits)
    index = Index.of(stream)
    if indexed and index.end > size_bytes:
        raise Refusal("truncated", _CUT_OFF)
    seen = see_frames(container, stream, limits)
    captioned = bool(seen.pop("closed_captions"))
    times = read_times(container, stream, source, index, indexed=indexed, size_bytes=size_bytes, limits=limits)
    _check_end(container, stream, times)
    video = describe_video(stream, times, limits, seen)
    audio = [describe_audio(s) for s in container.streams.audio if s.codec_context is not None]
    span = (container.duration or 0) / av.time_base
    return {
        "duration_seconds": span,
        "video": video,
        "audio": [a for a in audio if a["channels"] > 0],
        "subtitles": describe_text(container),
        "closed_captions": captioned,
    }


def _check_end(container: av.container.InputContainer, stream: av.VideoStream, times: FrameTimes) -> None:
    """Refuses a film whose pictures break off before the end that it states itself.

    Matroska writes each track's length and the whole one; a demuxer that loses its way in damaged data just ends.
    Both must say so: a length that an old tool left behind on one track is no proof.
    """
    declared = _seconds(stream.metadata.get("DURATION", ""))
    whole = (container.duration or 0) / av.time_base
    end = float((times.pts[-1] + times.last_duration) * (stream.time_base or 0))
    tolerance = max(_END_TOLERANCE_SECONDS, _END_TOLERANCE_SHARE * (declared or 0.0))
    if declared and min(declared, whole) - end > tolerance:
        raise Refusal(
            "truncated",
            f"The film breaks off at {end:.1f} s of {declared:.1f} s: it is damaged. Please upload it again.",
        )


def _seconds(clock: str) -> float | None:
    """`01:02:03.5` in seconds; None for anything else."""
    parts = clock.split(":")
    try:
        return sum(float(part) * unit for part, unit in zip(parts, (3600, 60, 1), strict=True))
    except ValueError:
        return None


def _too_many_streams(count: int, limits: ProbeLimits) -> Refusal:
    return Refusal("too_many_streams", f"The file has {count} tracks; Marquee accepts {limits.max_streams}.")
