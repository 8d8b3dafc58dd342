from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marquee.media.grid import Grid, move_off_long_frames, nearest, split_into_segments, split_into_shards

from tests.layers.media.films_to_plan import frame_pts, numbered_film

RATES = [Fraction(r) for r in ("24", "25", "30", "50", "60", "24000/1001", "30000/1001", "60000/1001", "1")]
BASES = [Fraction(1, n) for n in (600, 1000, 12800, 24000, 30000, 90000)]


@settings(deadline=None)
@given(
    rate=st.sampled_from(RATES),
    base=st.sampled_from(BASES),
    start=st.integers(-1000, 200_000),
    position=st.integers(1, 400_000),
    shift=st.sampled_from([-1, 0, 1]),
)
def test_a_cut_lies_after_the_frame_before_it_and_not_after_its_own(
    rate: Fraction, base: Fraction, start: int, position: int, shift: int
) -> None:
    film = numbered_film(frames=400_001, rate=rate, time_base=base, keyframe_every=None, start_pts=start)
    grid = Grid.of(film.video)
    # Where a container rounds, the probe lets a frame lie a tick beside its time.
    slack = 0 if grid.step.denominator == 1 else shift
    before, own = (start + round(n * grid.step) + slack for n in (position - 1, position))
    assert before < grid.pts(position) <= own


def test_a_cut_between_unrounded_frames_is_the_frames_own_time() -> None:
    video = numbered_film(frames=300, rate="30000/1001", time_base="1/30000", start_pts=77).video
    grid = Grid.of(video)
    assert [grid.pts(n) for n in range(300)] == frame_pts(300, video.frame_rate, video.time_base, 77)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("rate", RATES)
def test_a_frames_time_gives_its_position_back(rate: Fraction, base: Fraction) -> None:
    grid = Grid.of(numbered_film(frames=500, rate=rate, time_base=base).video)
    assert [grid.position(pts) for pts in frame_pts(500, rate, base)] == list(range(500))


@settings(deadline=None)
@given(rate=st.sampled_from(RATES), start=st.integers(0, 5000), length=st.integers(1, 20_000))
def test_no_segment_is_over_six_and_a_half_seconds(rate: Fraction, start: int, length: int) -> None:
    grid = Grid.of(numbered_film(frames=25_001, rate=rate, keyframe_every=None).video)
    cuts = split_into_segments(grid, start, start + length, target_seconds=6.0)
    assert (cuts[0], cuts[-1]) == (start, start + length)
    assert all(0 < grid.seconds(b - a) <= 6.5 for a, b in pairwise(cuts))


def test_shards_are_cut_on_keyframes_that_lie_near_and_on_time_elsewhere() -> None:
    grid = Grid.of(numbered_film(frames=25 * 120).video)
    near, none = (split_into_shards(grid, 0, keyframes, shard_seconds=30) for keyframes in ([700, 1490, 2300], [100]))
    assert near == [0, 700, 1490, 2300, 3000]
    assert none == [0, 750, 1500, 2250, 3000]


def test_of_two_keyframes_the_nearer_wins_within_reach() -> None:
    assert nearest([90, 104], 100, within=10) == 104
    assert nearest([80, 115], 100, within=10) == 100
    assert nearest([], 100, within=10) == 100


def test_cuts_in_the_middle_of_a_standing_frame_move_behind_it() -> None:
    assert move_off_long_frames([0, 100, 200, 300, 400], [(120, 330)]) == [0, 100, 330, 400]
    assert move_off_long_frames([0, 120, 330, 400], [(120, 330)]) == [0, 120, 330, 400]
    assert move_off_long_frames([0, 390, 400], [(380, 400)]) == [0, 400]
