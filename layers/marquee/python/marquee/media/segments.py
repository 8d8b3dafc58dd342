"""Turns the encoder's fragments into the film's segments: numbered, timed and counted over the whole film.

Every segment is written anew from its samples, so that nothing in it tells which worker made it: decode times are
the sorted presentation times (all GOPs are closed), `tfdt` is the segment's planned start, and durations add up to
the plan's. B-frames are shown `REORDERED_FRAMES` later than decoded at most; the edit list of the init segment takes
that delay off again. (CMAF's other way, negative composition offsets, makes FFmpeg and every player built on it show
the picture two frames late.)
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from marquee.domain.errors import OutputMismatch
from marquee.domain.keys import segment_name
from marquee.domain.media import EncodedSegment, Plan, Shard
from marquee.media.boxes import box, full_box
from marquee.media.fmp4 import Fragment, Sample
from marquee.media.timeline import Timeline, is_last_shard, round_half_away

# The longest that a frame of a variable rate may stand across a planned cut (`VideoInfo.long_frames`).
VARIABLE_SLACK_SECONDS = 0.5
REORDERED_FRAMES = 2  # how far x264 moves a B-frame with `bframes=3` and its pyramid
_NOT_SYNC = 0x10000
_DEPENDS_ON_NOTHING = 0x2000000
_DEPENDS_ON_OTHERS = 0x1010000
_SEGMENT_TYPE = box(b"styp", b"cmfs", struct.pack(">I", 0), b"cmfs", b"msdh", b"iso6")


class SeekMissed(OutputMismatch):
    """The decode began after the first wanted frame: the container's index led astray."""


@dataclass(frozen=True, slots=True)
class FinishedSegment:
    """One segment's row in the report and its bytes."""

    record: EncodedSegment
    body: bytes


class VideoSegmenter:
    """One rendition of one shard: fragments in, planned segments out; raises `OutputMismatch` when they differ."""

    def __init__(self, plan: Plan, shard: Shard) -> None:
        video = plan.media.video
        self._shard = shard
        self._timeline = timeline = Timeline.of(plan)
        self._base = timeline.ticks(shard.segments[0].start_pts) - timeline.lead
        self._frame = max(1, round(plan.timescale / video.frame_rate))
        # In a film of variable rate the grid can lie between the frames.
        slack = (0 if video.constant_frame_rate else VARIABLE_SLACK_SECONDS) + 1.5 / float(video.frame_rate)
        self._slack = round(slack * plan.timescale)
        self._is_last = is_last_shard(plan, shard)
        self.delay = reordering_delay(plan)
        self.finished: list[EncodedSegment] = []

    def take(self, fragment: Fragment) -> FinishedSegment:
        """The next planned segment, made of the next fragment."""
        position = len(self.finished)
        if position >= len(self._shard.segments):
            raise OutputMismatch(f"shard {self._shard.index} has more segments than planned")
        planned = self._shard.segments[position]
        start, end = self._timeline.ticks(planned.start_pts), self._timeline.ticks(planned.end_pts)
        shown = sorted(sample.pts + self._base for sample in fragment.samples)
        open_end = self._is_last and position == len(self._shard.segments) - 1
        self._check(planned.number, shown, start, None if open_end else end)
        if open_end and shown[-1] >= end:
            # More came than the container told of: the last frame is shown as long as a usual one.
            end = shown[-1] + self._frame
        samples = _timed(fragment.samples, self._base, start, end, self.delay)
        record, body = _video_segment(planned.number, fragment, samples, start, end)
        self.finished.append(record)
        return FinishedSegment(record, body)

    def finish(self) -> None:
        """Compare the whole shard with the plan."""
        if len(self.finished) != len(self._shard.segments):
            raise OutputMismatch(
                f"shard {self._shard.index} has {len(self.finished)} segments of {len(self._shard.segments)} planned"
            )
        frames, planned = sum(segment.samples for segment in self.finished), self._shard.frame_count
        if planned is not None and frames != planned:
            raise OutputMismatch(f"shard {self._shard.index} has {frames} frames of {planned} planned")

    def _check(self, number: int, shown: list[int], start: int, end: int | None) -> None:
        if shown[0] > start + self._slack and not self.finished:
            raise SeekMissed(f"segment {number} starts {shown[0] - start} ticks late")
        if shown[0] < start or (end is not None and shown[-1] >= end):
            raise OutputMismatch(f"segment {number} holds frames of its neighbours")
        if len(set(shown)) != len(shown):
            raise OutputMismatch(f"segment {number} has two frames at the same time")


def reordering_delay(plan: Plan) -> int:
    """The delay, in ticks, between decoding and showing: the same for all shards of a film."""
    return round_half_away(REORDERED_FRAMES * plan.timescale / plan.media.video.frame_rate)


def _timed(samples: Sequence[Sample], base: int, start: int, end: int, delay: int) -> list[Sample]:
    """The samples with decode times from `start` to `end` and presentation times `delay` later than shown."""
    shown = [sample.pts + base for sample in samples]
    decode_times = [start, *sorted(shown)[1:], end]
    # In a film of variable rate two frames can last longer than the delay: decode earlier, never after showing.
    needed = end
    for at in range(len(samples) - 1, 0, -1):
        needed = min(needed, shown[at] + delay)
        decode_times[at] = min(decode_times[at], needed, decode_times[at + 1] - 1)
    return [
        Sample(dts, pts + delay, following - dts, sample.size, sample.flags)
        for sample, pts, dts, following in zip(samples, shown, decode_times, decode_times[1:], strict=False)
    ]


def _video_segment(
    number: int, fragment: Fragment, timed: Sequence[Sample], start: int, end: int
) -> tuple[EncodedSegment, bytes]:
    if any((sample.flags & _NOT_SYNC == 0) != (index == 0) for index, sample in enumerate(timed)):
        raise OutputMismatch(f"segment {number} has keyframes elsewhere than at its start")
    first, rest = timed[:1], timed[1:]
    cut = first[0].size
    iframe = _SEGMENT_TYPE + _fragment(2 * number + 1, first, fragment.payload[:cut], _DEPENDS_ON_NOTHING)
    # The IDR picture is a fragment of its own, so that the I-frame playlist's byte range is whole media by itself.
    others = _fragment(2 * number + 2, rest, fragment.payload[cut:], _DEPENDS_ON_OTHERS) if rest else b""
    body = iframe + others
    return EncodedSegment(
        number=number,
        uri=segment_name(number),
        start=start,
        duration=end - start,
        samples=len(timed),
        size_bytes=len(body),
        iframe_bytes=len(iframe),
    ), body


def write_audio_segment(number: int, samples: Sequence[Sample], payload: bytes) -> bytes:
    """A CMAF segment of one fragment in which every sample is a sync sample."""
    return _SEGMENT_TYPE + _fragment(number + 1, samples, payload, _DEPENDS_ON_NOTHING)


def _fragment(sequence: int, samples: Sequence[Sample], payload: bytes, flags: int) -> bytes:
    """One `moof` with its `mdat`; `flags` are those of every sample."""
    duration = samples[0].duration if len({sample.duration for sample in samples}) == 1 else None
    tfhd_flags = 0x20020 | (0x8 if duration is not None else 0)
    values = [1, *([duration] if duration is not None else []), flags]
    tfhd = full_box(b"tfhd", 0, tfhd_flags, struct.pack(f">{len(values)}I", *values))
    tfdt = full_box(b"tfdt", 1, 0, struct.pack(">Q", samples[0].dts))

    def moof(data_offset: int) -> bytes:
        trun = _trun(samples, data_offset, with_durations=duration is None)
        return box(b"moof", full_box(b"mfhd", 0, 0, struct.pack(">I", sequence)), box(b"traf", tfhd, tfdt, trun))

    head = moof(len(moof(0)) + 8)
    return b"".join((head, struct.pack(">I4s", len(payload) + 8, b"mdat"), payload))


def _trun(samples: Sequence[Sample], data_offset: int, *, with_durations: bool) -> bytes:
    reordered = any(sample.pts != sample.dts for sample in samples)
    flags = 0x201 | (0x100 if with_durations else 0) | (0x800 if reordered else 0)
    row = struct.Struct(">" + ("I" if with_durations else "") + "I" + ("i" if reordered else ""))
    rows = (
        row.pack(
            *((sample.duration,) if with_durations else ()),
            sample.size,
            *((sample.pts - sample.dts,) if reordered else ()),
        )
        for sample in samples
    )
    head = struct.pack(">Ii", len(samples), data_offset)
    return full_box(b"trun", 1, flags, head, *rows)
