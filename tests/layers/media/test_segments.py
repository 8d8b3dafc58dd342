"""Segments are what the plan says, whatever the encoder's own times were, or they are refused."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marquee.domain.errors import OutputMismatch
from marquee.domain.media import Plan, Shard
from marquee.media.boxes import boxes
from marquee.media.fmp4 import Fragment, Sample, read_fragment
from marquee.media.segments import FinishedSegment, SeekMissed, VideoSegmenter, reordering_delay

from tests.layers.media.encoder_plans import plan_with

SYNC, NOT_SYNC = 0x2000000, 0x1010000
FRAME = 3600  # ticks: 25 frames a second at 90 kHz
LEAD = 900_000  # where an encode's own time begins
# display order of frames in decode order, as x264 writes them: I P B b b
REORDERED = [0, 4, 2, 1, 3]


def fragment(shown: Sequence[int], *, flags: Sequence[int] | None = None) -> Fragment:
    """Frames in decode order, `shown` in ticks since the shard's start."""
    marks = flags or [SYNC, *[NOT_SYNC] * (len(shown) - 1)]
    samples = [
        Sample(LEAD + n, LEAD + pts, 1, n + 1, mark) for n, (pts, mark) in enumerate(zip(shown, marks, strict=True))
    ]
    return Fragment(tuple(samples), bytes(sum(sample.size for sample in samples)))


def two_segments(segments: Sequence[tuple[int, int, int]] = ((10, 50, 55), (11, 55, 60))) -> tuple[Plan, Shard]:
    """A shard of ten frames in two segments, from frame 50 of a film on."""
    plan = plan_with(segments=segments)
    return plan, plan.shards[0]


def read_back(finished: FinishedSegment) -> tuple[list[Sample], list[bytes]]:
    """All samples of a segment, and the kinds of its boxes."""
    found = list(boxes(finished.body))
    parts = [finished.body[box.start : box.end] for box in found[1:]]
    fragments = [read_fragment(moof, mdat) for moof, mdat in zip(parts[::2], parts[1::2], strict=True)]
    return [sample for part in fragments for sample in part.samples], [box.kind for box in found]


def test_a_segment_starts_at_its_planned_time_and_lasts_as_planned() -> None:
    plan, shard = two_segments()
    finished = VideoSegmenter(plan, shard).take(fragment([n * FRAME for n in REORDERED]))
    record = finished.record
    assert (record.number, record.uri, record.start, record.duration) == (10, "00010.m4s", 50 * FRAME, 5 * FRAME)
    assert (record.samples, record.size_bytes) == (5, len(finished.body))
    again, kinds = read_back(finished)
    assert kinds == [b"styp", b"moof", b"mdat", b"moof", b"mdat"]
    assert [s.dts for s in again] == [(50 + n) * FRAME for n in range(5)]
    delay = reordering_delay(plan)
    assert [s.pts - delay for s in again] == [(50 + n) * FRAME for n in REORDERED]
    assert {s.duration for s in again} == {FRAME}


def test_the_iframe_part_is_media_by_itself() -> None:
    plan, shard = two_segments()
    finished = VideoSegmenter(plan, shard).take(fragment([n * FRAME for n in REORDERED]))
    alone = FinishedSegment(finished.record, finished.body[: finished.record.iframe_bytes])
    samples, kinds = read_back(alone)
    assert kinds == [b"styp", b"moof", b"mdat"]
    assert [(s.dts, s.size, s.flags) for s in samples] == [(50 * FRAME, 1, SYNC)]


def test_a_segment_of_one_frame_has_nothing_behind_it() -> None:
    plan, shard = two_segments(segments=[(0, 0, 1)])
    finished = VideoSegmenter(plan, shard).take(fragment([0]))
    assert finished.record.iframe_bytes == len(finished.body)


@given(st.lists(st.integers(1, 90_000), min_size=1, max_size=40))
def test_decode_times_rise_and_never_lie_after_showing(gaps: list[int]) -> None:
    times = [0]
    for gap in gaps:
        times.append(times[-1] + gap)
    end = times[-1] + 1000
    plan = plan_with(segments=[(0, 0, end)], time_base=Fraction(1, 90_000), frame_count=None, constant=False)
    decode_order = [times[0]]
    for at in range(1, len(times), 3):  # every third frame ahead of the two before it
        decode_order += times[at : at + 3][::-1]
    finished = VideoSegmenter(plan, plan.shards[0]).take(fragment(decode_order))
    again, _ = read_back(finished)
    delay = reordering_delay(plan)
    assert [s.pts - delay for s in again] == decode_order
    assert all(a.dts < b.dts for a, b in pairwise(again))
    assert all(s.pts >= s.dts for s in again[1:])
    assert sum(s.duration for s in again) == finished.record.duration


def test_a_last_frame_after_a_long_one_ends_where_the_container_says() -> None:
    """Looped and edited films: a gap in front of the last frame must not lengthen the film."""
    end = 12 * FRAME
    plan = plan_with(segments=[(0, 0, end)], time_base=Fraction(1, 90_000), frame_count=None, constant=False)
    finished = VideoSegmenter(plan, plan.shards[0]).take(fragment([0, FRAME, 2 * FRAME, 11 * FRAME]))
    assert finished.record.duration == end


def test_a_frame_beyond_the_told_end_is_shown_as_long_as_a_usual_one() -> None:
    plan, shard = two_segments()
    segmenter = VideoSegmenter(plan, shard)
    segmenter.take(fragment([n * FRAME for n in range(5)]))
    late = segmenter.take(fragment([(n + 5) * FRAME for n in range(7)]))
    assert late.record.duration == 7 * FRAME


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ([-FRAME, 0, FRAME], "neighbours"),
        ([n * FRAME for n in range(6)], "neighbours"),
        ([0, FRAME, FRAME, 2 * FRAME], "same time"),
    ],
)
def test_frames_that_are_not_planned_are_refused(shown: list[int], words: str) -> None:
    plan, shard = two_segments()
    with pytest.raises(OutputMismatch, match=words):
        VideoSegmenter(plan, shard).take(fragment(shown))


@pytest.mark.parametrize("flags", [[SYNC, SYNC, NOT_SYNC], [NOT_SYNC, NOT_SYNC, NOT_SYNC]])
def test_keyframes_elsewhere_than_at_the_start_are_refused(flags: list[int]) -> None:
    plan, shard = two_segments()
    with pytest.raises(OutputMismatch, match="keyframes"):
        VideoSegmenter(plan, shard).take(fragment([0, FRAME, 2 * FRAME], flags=flags))


def test_a_late_first_frame_means_that_the_seek_missed() -> None:
    plan, shard = two_segments()
    with pytest.raises(SeekMissed):
        VideoSegmenter(plan, shard).take(fragment([2 * FRAME, 3 * FRAME]))


def test_a_missing_segment_or_frame_is_noticed_at_the_end() -> None:
    plan, shard = two_segments()
    segmenter = VideoSegmenter(plan, shard)
    segmenter.take(fragment([n * FRAME for n in range(5)]))
    with pytest.raises(OutputMismatch, match="1 segments of 2"):
        segmenter.finish()
    segmenter.take(fragment([(n + 5) * FRAME for n in range(4)]))
    with pytest.raises(OutputMismatch, match="9 frames of 10"):
        segmenter.finish()


def test_more_segments_than_planned_are_refused() -> None:
    plan, shard = two_segments()
    segmenter = VideoSegmenter(plan, shard)
    for start in (0, 5):
        segmenter.take(fragment([(start + n) * FRAME for n in range(5)]))
    segmenter.finish()
    with pytest.raises(OutputMismatch, match="more segments"):
        segmenter.take(fragment([10 * FRAME]))


def test_joined_shards_are_one_timeline() -> None:
    plan = plan_with(segments=[(n, n * 5, n * 5 + 5) for n in range(2)], origin=Fraction(-1, 2))
    whole = plan.shards[0]
    shards = [whole.model_copy(update={"segments": (segment,), "frame_count": 5}) for segment in whole.segments]
    joined = plan.model_copy(update={"shards": tuple(shards)})
    records = [VideoSegmenter(joined, s).take(fragment([n * FRAME for n in REORDERED])).record for s in shards]
    assert [(r.start, r.duration) for r in records] == [(45_000, 5 * FRAME), (45_000 + 5 * FRAME, 5 * FRAME)]
