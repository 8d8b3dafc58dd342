"""Which differences between frames are cuts."""

from __future__ import annotations

import pytest
from marquee.analysis.shots import CUTS, FADES, Frame, find_shots

RATE = 25


def starts(differences: list[float], black: list[tuple[float, float]] | None = None) -> list[int]:
    """Frames at which shots begin, in a film of these differences."""
    frames = [Frame(index / RATE, value) for index, value in enumerate(differences)]
    shots = find_shots(frames, black or [], len(differences) / RATE)
    assert [shot.end_seconds for shot in shots[:-1]] == [shot.start_seconds for shot in shots[1:]]
    assert shots[-1].end_seconds == len(differences) / RATE
    return [round(shot.start_seconds * RATE) for shot in shots]


def still(count: int, value: float = 0.3) -> list[float]:
    return [value] * count


def test_a_cut_stands_out_from_its_neighbours() -> None:
    assert starts([*still(10), 24.0, *still(10)]) == [0, 10]


def test_views_of_one_place_are_told_apart_by_a_small_difference() -> None:
    assert starts([*still(10), 4.5, *still(10)]) == [0, 10]


def test_cuts_stand_out_from_fast_motion_too() -> None:
    assert starts([*still(10, 9.0), 20.0, *still(10, 8.0)]) == [0, 10]


def test_motion_that_sets_in_is_no_cut() -> None:
    assert starts([*still(10), *[7.0] * 10]) == [0]


@pytest.mark.parametrize("repeats", [3, 4, 7])
def test_motion_in_jumps_of_few_pictures_a_second_is_no_cut_but_a_cut_in_it_is(repeats: int) -> None:
    jumps = [value for step in (4.0, 4.6, 5.1, 4.4, 3.9) for value in (step, *still(repeats, 0.02))]
    assert starts([*still(10, 0.02), *jumps, *still(10, 0.02)]) == [0]
    assert starts([*jumps, 20.0, *still(repeats, 0.02), *jumps]) == [0, len(jumps)]


def test_a_flash_is_no_cut() -> None:
    assert starts([*still(10), 40.0, 41.0, *still(10)]) == [0]


def test_a_short_burst_of_light_over_several_frames_is_no_cut() -> None:
    assert starts([*still(10), 30.0, 28.0, 31.0, *still(10)]) == [0]


def test_noise_begins_and_ends_with_a_cut_though_all_of_it_changes() -> None:
    assert starts([*still(10), 41.0, *[33.0] * 10, 36.0, *still(10)]) == [0, 10, 21]


def test_shots_of_four_frames_are_found() -> None:
    assert starts([*still(10), 30.0, *still(3), 28.0, *still(10)]) == [0, 10, 14]


def test_a_fade_through_black_begins_a_shot_where_the_black_ends() -> None:
    shots = find_shots([Frame(n / RATE, 1.0) for n in range(100)], [(1.0, 2.0)], 4.0)
    assert [(shot.start_seconds, shot.source) for shot in shots] == [(0.0, CUTS), (2.0, FADES)]


@pytest.mark.parametrize("black", [(0.4, 1.0), (0.0, 0.4)], ids=["cut to black", "black until the cut"])
def test_black_beside_a_cut_adds_no_shot(black: tuple[float, float]) -> None:
    assert starts([*still(10), 40.0, *still(30)], [black]) == [0, 10]


def test_a_film_without_frames_is_one_shot() -> None:
    assert [(shot.start_seconds, shot.end_seconds) for shot in find_shots([], [], 5.0)] == [(0.0, 5.0)]


def test_the_first_frame_is_no_cut_whatever_is_said_of_it() -> None:
    assert starts([50.0, *still(10)]) == [0]
