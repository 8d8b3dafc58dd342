"""Output times: rounded as FFmpeg rounds, the same for every worker."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marquee.media.timeline import Timeline, round_half_away


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("1/2", 1), ("-1/2", -1), ("3/2", 2), ("-3/2", -2), ("1/3", 0), ("2/3", 1), ("-2/3", -1), ("0", 0), ("-7", -7)],
)
def test_halves_go_away_from_zero(value: str, rounded: int) -> None:
    assert round_half_away(Fraction(value)) == rounded


@given(
    st.integers(-(10**12), 10**12),
    st.fractions(Fraction(1, 90_000), Fraction(1, 10)),
    st.integers(1000, 100_000),
    st.fractions(-1000, 100_000),
)
def test_output_time_is_source_time_less_the_origin_within_a_tick(
    pts: int, time_base: Fraction, timescale: int, origin: Fraction
) -> None:
    timeline = Timeline(time_base, timescale, round_half_away(origin * timescale))
    exact = (pts * time_base - origin) * timescale
    assert abs(timeline.ticks(pts) - exact) <= 1


@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, unique=True), st.fractions(Fraction(1, 1000), 1))
def test_frames_stay_in_order(pts: list[int], time_base: Fraction) -> None:
    timeline = Timeline(time_base, 90_000, 0)
    ticks = [timeline.ticks(value) for value in sorted(pts)]
    assert ticks == sorted(set(ticks))
