"""When the frames of a film are shown: from the index without reading payload, or by reading packets.

All `pts` are in the stream's time base. Frames that an edit list hides, and frames in front of the first
keyframe (no decoder shows them), are left out: what is counted here is what a decoder gives.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise

import av
from av.stream import Discard

from marquee.media.probe_index import read_index
from marquee.media.probe_limits import ProbeLimits, Refusal
from marquee.media.probe_packets import FrameTimes, Index, Packet, read_packets, trust_the_container
from marquee.media.probe_source import SourceFile

# From here on a look at every packet takes longer than the first pictures to encode.
MANY_FRAMES = 10_000
_HEAD_FRAMES = 300
_HEAD_BYTES = 8 << 20
_TAIL_SECONDS = 10
_NEAR_SECONDS = Fraction(1, 5)
_SPACING_SECONDS = Fraction(1, 2)
# Cues of a Matroska file further apart than this are not taken for all of its keyframes.
_MAX_CUE_GAP_SECONDS = 20
_LONG_AGO = -(1 << 62)


def read_times(
    container: av.container.InputContainer,
    stream: av.VideoStream,
    source: SourceFile,
    index: Index,
    *,
    indexed: bool,
    size_bytes: int,
    limits: ProbeLimits,
) -> FrameTimes:
    """The times of all frames when that is cheap, else of the film's head and tail."""
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    if len(index) > limits.max_frames:
        raise Refusal("too_many_frames", "The film has more frames than Marquee accepts.")
    few = size_bytes <= limits.hollow_read_bytes and len(index) <= limits.hollow_read_frames
    if indexed and few:
        times = _from_index(container, stream, source, index, limits)
    elif size_bytes <= limits.whole_read_bytes and not indexed:
        _rewind(container)
        times = _gather(read_packets(container, stream), limits, complete=True)
    else:
        times = _from_head_and_tail(container, stream, source, index, limits, indexed=indexed)
    times.keyframes, all_kept = _apart(times.keyframes, Fraction(stream.time_base or 1))
    times.closed = times.closed and all_kept
    return times


def _rewind(container: av.container.InputContainer) -> None:
    """Back to the first packet, which may lie before 0 (a transport stream's clock ran over)."""
    begin = min(0, container.start_time or 0)
    try:
        container.seek(begin)
    except av.error.FFmpegError:
        # FLV finds nothing at or before its first picture when sound comes first.
        container.seek(begin, backward=False)


def _from_index(
    container: av.container.InputContainer,
    stream: av.VideoStream,
    source: SourceFile,
    index: Index,
    limits: ProbeLimits,
) -> FrameTimes:
    trust_the_container(container)
    if len(index) >= MANY_FRAMES and (times := read_index(container, stream, source, index)):
        return times
    container.seek(-(1 << 40), stream=stream)
    keys = set(index.keyframe_times)
    source.hollow = True
    try:
        return _gather(read_packets(container, stream, keys), limits, complete=True)
    finally:
        source.hollow = False


def _from_head_and_tail(
    container: av.container.InputContainer,
    stream: av.VideoStream,
    source: SourceFile,
    index: Index,
    limits: ProbeLimits,
    *,
    indexed: bool,
) -> FrameTimes:
    _rewind(container)
    head = _gather(_first(read_packets(container, stream), source), limits, complete=False)
    duration = container.duration
    if duration is None:
        raise Refusal("unreadable", "The film does not say how long it is.")
    end = (container.start_time or 0) + duration - _TAIL_SECONDS * av.time_base
    container.seek(max(end, 0))
    tail = _gather(read_packets(container, stream), limits, complete=False, tail=True)
    cues = sorted(index.keyframe_times)
    if indexed and cues and head.keyframes:
        # This index has times of decoding; a keyframe is shown one and the same delay later.
        cues = [cue + head.keyframes[0] - cues[0] for cue in cues]
    gap = _MAX_CUE_GAP_SECONDS / (stream.time_base or Fraction(1))
    trusted = len(cues) > 2 and all(b - a <= gap for a, b in pairwise(cues))
    pts = head.pts + array("q", (p for p in tail.pts if p > head.pts[-1]))
    closed = head.closed and tail.closed
    return FrameTimes(pts, cues if trusted else [], tail.last_duration, False, closed)


def _first(packets: Iterator[Packet], source: SourceFile) -> Iterator[Packet]:
    start = source.tell()
    for number, packet in enumerate(packets):
        yield packet
        if number >= _HEAD_FRAMES or source.tell() - start > _HEAD_BYTES:
            return


def _gather(packets: Iterable[Packet], limits: ProbeLimits, *, complete: bool, tail: bool = False) -> FrameTimes:
    """Times of the packets' shown frames. A `tail` need not begin with a keyframe: it is not decoded alone."""
    pts, keyframes, closed = array("q"), list[int](), True
    first: int | None = _LONG_AGO if tail else None
    last_keyframe: int | None = None
    last = (_LONG_AGO, 0)
    for packet in packets:
        if packet.keyframe:
            last_keyframe = packet.pts
            first = packet.pts if first is None else first
        elif last_keyframe is not None and packet.pts < last_keyframe:
            closed = False
        if packet.hidden or first is None or packet.pts < first:
            continue
        _keep(packet, pts, keyframes, limits)
        last = max(last, (packet.pts, packet.duration))
    if not pts:
        raise Refusal("no_video", "The file holds no picture.")
    return FrameTimes(array("q", sorted(pts)), keyframes, last[1], complete, closed)


def _keep(packet: Packet, pts: array[int], keyframes: list[int], limits: ProbeLimits) -> None:
    if len(pts) >= limits.max_frames:
        raise Refusal("too_many_frames", "The film has more frames than Marquee accepts.")
    pts.append(packet.pts)
    if packet.keyframe:
        keyframes.append(packet.pts)


def _apart(keyframes: list[int], time_base: Fraction) -> tuple[list[int], bool]:
    """The keyframes a seek can hit, and whether these are all that matter.

    Demuxers seek by decoding times and may land a few frames late: a keyframe right in front of another is
    missed for it, so it is left out. A film of hardly anything but keyframes keeps two a second.
    """
    ordered = sorted(keyframes)
    near, enough = _NEAR_SECONDS / time_base, _SPACING_SECONDS / time_base
    clear = [a for a, b in pairwise(ordered) if b - a > near] + ordered[-1:]
    if 2 * len(clear) >= len(ordered):
        return clear, True
    spaced = ordered[:1]
    for keyframe in ordered:
        if keyframe - spaced[-1] >= enough:
            spaced.append(keyframe)
    return spaced, False


def steady_rate(times: FrameTimes, time_base: Fraction, candidates: Iterable[Fraction]) -> Fraction | None:
    """The frame rate that explains every time to within a tick of rounding; None for variable rate.

    Containers round: Matroska to milliseconds, QuickTime to 1/600 s. A rounded constant rate is constant.
    """
    pts = times.pts
    if len(pts) < 2:
        return next(iter(candidates), Fraction(25))
    for rate in candidates:
        if rate > 0 and _explains(pts, 1 / (rate * time_base), gap=not times.complete):
            return rate
    return None


def _explains(pts: array[int], step: Fraction, *, gap: bool) -> bool:
    """Whether frame n is shown at `n × step` after the first; `gap` allows one jump over unread frames."""
    tick, length = step.denominator, step.numerator
    # Within a tick of rounding, but never near half a frame: a base of one tick a frame would excuse a lost
    # one. A step of whole ticks needs no rounding, so there the times must be exact.
    slack = 0 if tick == 1 else min(tick, length // 4)
    number, jumps = 0, 0
    for value in pts:
        place = (value - pts[0]) * tick
        if gap and jumps == 0 and abs(place - number * length) > slack:
            number, jumps = round(Fraction(place, length)), 1
        if abs(place - number * length) > slack:
            return False
        number += 1
    return True
