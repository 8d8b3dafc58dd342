"""Whatever the film, its plan covers every frame once in every rendition."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from marquee.domain.media import MediaInfo, Plan
from marquee.media.filters import tile_span
from marquee.media.planner import PlanPolicy, build_plan, choose_timescale

from tests.layers.media.films_to_plan import frame_pts, numbered_film, sound

RATES = [Fraction(r) for r in ("24", "25", "30", "50", "60", "24000/1001", "30000/1001", "60000/1001", "10")]
BASES = [Fraction(1, n) for n in (600, 1000, 12800, 30000, 90000)]


def planned(media: MediaInfo) -> Plan:
    return build_plan("job", "asset", 1, "uploads", "uploads/u/source", media)


def seconds_of(plan: Plan, length: int) -> float:
    return float(length * plan.media.video.time_base)


def check_cover(plan: Plan, pts: list[int]) -> None:
    """Every rendition's segments hold each frame once, in order, and are the same for all renditions."""
    spans = {}
    for rendition in plan.renditions:
        shards = [shard for shard in plan.shards if rendition.name in shard.renditions]
        segments = [segment for shard in shards for segment in shard.segments]
        assert [s.number for s in segments] == list(range(len(segments)))
        assert all(a.end_pts == b.start_pts for a, b in pairwise(segments))
        assert (segments[0].start_pts, segments[-1].end_pts) == (
            plan.media.video.start_pts,
            plan.media.video.end_pts,
        )
        held = [bisect_left(pts, s.end_pts) - bisect_left(pts, s.start_pts) for s in segments]
        assert sum(held) == len(pts)
        assert all(held)
        assert all(seconds_of(plan, s.end_pts - s.start_pts) <= 6.51 for s in segments)
        spans[rendition.name] = segments
    assert len({tuple(segments) for segments in spans.values()}) == 1
    assert [shard.index for shard in plan.shards] == list(range(len(plan.shards)))
    for shard in plan.shards:
        first, last = shard.segments[0].start_pts, shard.segments[-1].end_pts
        if shard.frame_count is not None:
            assert shard.frame_count == bisect_left(pts, last) - bisect_left(pts, first)
    check_tiles(plan)


def check_tiles(plan: Plan) -> None:
    """Every tile is taken by one of the shards that take pictures, in their order."""
    spans = [tile_span(plan, shard) for shard in plan.shards if shard.takes_pictures]
    tiles = [tile for span in spans for tile in range(span.first, span.first + span.count)]
    assert tiles == list(range(plan.storyboard.tile_count))


@settings(max_examples=80, deadline=None)
@given(
    frames=st.one_of(st.integers(1, 1500), st.integers(1500, 20_000)),
    rate=st.sampled_from(RATES),
    base=st.sampled_from(BASES),
    start=st.integers(-5000, 200_000),
    picks=st.lists(st.integers(0, 20_000), max_size=40),
    closed=st.booleans(),
    height=st.sampled_from([1080, 480, 200]),
)
def test_constant_rate_films_are_covered_and_counted(
    frames: int,
    rate: Fraction,
    base: Fraction,
    start: int,
    picks: list[int],
    closed: bool,
    height: int,
) -> None:
    pts = frame_pts(frames, rate, base, start)
    keyframes = tuple(sorted({pts[pick % frames] for pick in picks}))
    media = numbered_film(
        frames=frames,
        rate=rate,
        time_base=base,
        start_pts=start,
        size=(height * 16 // 9, height),
        keyframe_pts=keyframes,
        closed_gop=closed,
    )
    plan = planned(media)
    check_cover(plan, pts)
    assert sum(s.frame_count or 0 for s in plan.shards if plan.renditions[-1].name in s.renditions) == frames
    for shard in plan.shards:
        check_seek(plan, shard.segments[0].start_pts, shard.seek_seconds)


def check_seek(plan: Plan, start_pts: int, seek_seconds: float | None) -> None:
    """Decoding begins on a keyframe not after the shard; one further back when groups are open."""
    video = plan.media.video
    if seek_seconds is None or not video.keyframe_pts:
        return
    place = round(Fraction(seek_seconds) / video.time_base)
    assert place in video.keyframe_pts
    assert place <= start_pts + 2
    between = [k for k in video.keyframe_pts if place < k <= start_pts + 2]
    assert len(between) == (0 if video.closed_gop else 1)


@settings(max_examples=60, deadline=None)
@given(
    gaps=st.lists(st.one_of(st.integers(900, 9000), st.integers(45_001, 2_000_000)), min_size=1, max_size=300),
    repeat=st.integers(1, 20),
    start=st.integers(-5000, 200_000),
    keyframe_every=st.integers(1, 400),
)
def test_variable_rate_films_are_covered_even_where_frames_stand_long(
    gaps: list[int], repeat: int, start: int, keyframe_every: int
) -> None:
    pts = [start]
    for gap in gaps * repeat:
        pts.append(pts[-1] + gap)
    long_frames = [(a, b) for a, b in pairwise(pts) if b - a > 45_000]
    media = numbered_film(
        time_base="1/90000",
        start_pts=start,
        end_pts=pts[-1] + 3000,
        frame_rate=max(Fraction(1), Fraction(len(pts) * 90_000, pts[-1] - start).limit_denominator(1001)),
        constant_frame_rate=False,
        frame_count=len(pts),
        keyframe_pts=tuple(pts[::keyframe_every]),
        long_frames=tuple(long_frames),
    )
    plan = planned(media)
    for segment in (s for shard in plan.shards for s in shard.segments):
        at = bisect_left(pts, segment.start_pts)
        assert pts[at] < segment.end_pts, "a segment without a frame"
        shown = [p for p in pts[at : at + 500] if p < segment.end_pts]
        lasts = seconds_of(plan, segment.end_pts - segment.start_pts)
        assert lasts <= 6.0 or any(start in shown for start, _ in long_frames) or lasts <= 6.5
    check_tiles(plan)
    low = [s for shard in plan.shards if "v360" in shard.renditions for s in shard.segments]
    assert all(a.end_pts == b.start_pts for a, b in pairwise(low))
    assert [s.number for s in low] == list(range(len(low)))


def test_the_head_is_short_segments_of_the_lowest_rendition_before_all_else() -> None:
    plan = planned(numbered_film(frames=25 * 300))
    first, second, *rest = plan.shards
    bridge, body = rest[:2], rest[2:]
    assert first.renditions == ("v360",)
    assert second.renditions == ("v1080", "v720", "v480")
    assert first.segments == second.segments
    assert [seconds_of(plan, s.end_pts - s.start_pts) for s in first.segments] == [2.0, 2.0, 2.0]
    assert {s.runner for s in (first, second, *bridge)} == {"lambda"}
    assert [seconds_of(plan, s.segments[-1].end_pts - s.segments[0].start_pts) for s in bridge] == [12.0, 24.0]
    assert {s.runner for s in body} == {"fargate"}
    assert all(s.renditions == ("v1080", "v720", "v480", "v360") for s in rest)
    assert (first.takes_pictures, second.takes_pictures) == (False, True)


def test_the_head_does_not_grow_with_the_film() -> None:
    minute, hours = (planned(numbered_film(frames=25 * n)).shards[0] for n in (60, 4 * 3600))
    assert minute == hours


def test_a_few_seconds_of_film_are_one_shard_that_begins_with_short_segments() -> None:
    plan = planned(numbered_film(frames=25 * 8))
    assert len(plan.shards) == 1
    assert plan.shards[0].takes_pictures
    assert seconds_of(plan, plan.shards[0].segments[0].end_pts) == 2.0


def test_a_low_film_has_one_rendition_and_no_second_head() -> None:
    plan = planned(numbered_film(frames=25 * 60, size=(320, 180)))
    assert [shard.renditions for shard in plan.shards] == [("v180",)] * len(plan.shards)
    assert all(shard.takes_pictures for shard in plan.shards)


def test_shards_are_most_of_a_minute_and_grow_with_long_films() -> None:
    def shard_seconds(minutes: int) -> float:
        plan = planned(numbered_film(frames=25 * 60 * minutes))
        shard = plan.shards[5]
        return seconds_of(plan, shard.segments[-1].end_pts - shard.segments[0].start_pts)

    assert abs(shard_seconds(5) - 43) <= 2
    assert abs(shard_seconds(90) - 60) < 2


def test_decoding_begins_at_the_cut_where_that_is_a_closed_keyframe() -> None:
    closed, opened = (planned(numbered_film(frames=3000, closed_gop=closed)).shards[2] for closed in (True, False))
    assert (closed.seek_seconds, opened.seek_seconds) == (6.0, 4.0)


def test_where_keyframes_are_unknown_decoding_begins_well_before_the_cut() -> None:
    media = numbered_film(frames=3000, keyframe_every=None, frame_count=None, start_pts=12800)
    plan = planned(media)
    assert plan.shards[2].seek_seconds is None
    start = plan.shards[3].segments[0].start_pts * media.video.time_base
    assert plan.shards[3].seek_seconds == float(start - 10)
    assert {shard.frame_count for shard in plan.shards} == {None}


def test_every_source_time_is_a_whole_number_of_ticks() -> None:
    def timescale(rate: str, base: str, **video: object) -> int:
        return choose_timescale(numbered_film(rate=rate, time_base=base, **video))

    assert timescale("25", "1/90000") == 90_000
    assert timescale("25", "1/12800") == 12_800
    assert timescale("24000/1001", "1/1000") == 24_000
    assert timescale("24000/1001", "1/90000") == 360_000
    assert timescale("30", "1/600") == 90_000
    assert timescale("25", "1/1000000", constant_frame_rate=False) == 1_000_000
    assert timescale("25", "1/1000000000") == 90_000


def test_output_begins_with_the_earliest_stream() -> None:
    late = planned(numbered_film(start_pts=6400, audio=(sound(start_pts=480),)))
    assert late.origin_seconds == Fraction(1, 100)
    assert planned(numbered_film(start_pts=6400)).origin_seconds == Fraction(1, 2)


def test_tracks_are_stereo_aac_with_names_of_their_own_and_one_default() -> None:
    audio = (
        sound(1, language="en"),
        sound(2, language="en", default=True, channels=6, sample_rate=44_100),
        sound(3, channels=1, sample_rate=22_050, title=' Director"s\n cut '),
        sound(4, language="und"),
    )
    tracks = planned(numbered_film(audio=audio)).audio
    assert [t.label for t in tracks] == ["English", "English 2", "Director s cut", "Audio 4"]
    assert [t.default for t in tracks] == [False, True, False, False]
    assert [(t.channels, t.bit_rate, t.sample_rate) for t in tracks] == [
        (2, 128_000, 48_000),
        (2, 128_000, 44_100),
        (1, 64_000, 48_000),
        (2, 128_000, 48_000),
    ]
    assert [(t.name, t.stream_index, t.language) for t in tracks][2:] == [("a2", 3, "und"), ("a3", 4, "und")]


def test_more_tracks_than_a_player_lists_are_left_out() -> None:
    assert len(planned(numbered_film(audio=tuple(sound(n) for n in range(1, 12)))).audio) == 8


def test_storyboards_have_fifty_tiles_or_a_hundred_and_few_for_a_short_film() -> None:
    def storyboard(seconds: int, size: tuple[int, int] = (1920, 1080)) -> tuple[float, int, int, int]:
        board = planned(numbered_film(frames=25 * seconds, size=size)).storyboard
        assert board.columns * (board.rows - 1) < board.tile_count <= board.columns * board.rows
        return board.interval_seconds, board.tile_count, board.tile_width, board.tile_height

    assert storyboard(300) == (6.0, 50, 240, 136)
    assert storyboard(61) == (1.22, 50, 240, 136)
    assert [storyboard(seconds)[1] for seconds in (899, 900)] == [50, 100]
    assert storyboard(5400) == (54.0, 100, 240, 136)
    assert storyboard(2, (1080, 1920)) == (0.5, 4, 160, 284)


def test_a_policy_of_shorter_segments_is_kept() -> None:
    policy = PlanPolicy(segment=2.0, head=4.0, shard=4.0)
    plan = build_plan("job", "asset", 1, "b", "k", numbered_film(frames=750), policy=policy)
    assert plan.segment_seconds == 2.0
    lengths = [s.end_pts - s.start_pts for shard in plan.shards for s in shard.segments]
    assert seconds_of(plan, max(lengths)) <= 2.5


def test_the_same_film_has_the_same_plan() -> None:
    media = numbered_film(frames=9000, audio=(sound(),))
    assert planned(media) == planned(media)
    assert Plan.model_validate_json(planned(media).model_dump_json()) == planned(media)
