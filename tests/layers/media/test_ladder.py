from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marquee.media.ladder import build_ladder

from tests.layers.media.films_to_plan import numbered_film


def sizes(width: int, height: int, **video: object) -> list[tuple[str, int, int]]:
    ladder = build_ladder(numbered_film(size=(width, height), **video))
    return [(r.name, r.width, r.height) for r in ladder]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            (3840, 2160),
            [("v1080", 1920, 1080), ("v720", 1280, 720), ("v480", 854, 480), ("v360", 640, 360)],
        ),
        ((1280, 720), [("v720", 1280, 720), ("v480", 854, 480), ("v360", 640, 360)]),
        ((480, 854), [("v480", 480, 854), ("v360", 360, 640)]),
        ((853, 479), [("v360", 642, 360)]),
        ((320, 180), [("v180", 320, 180)]),
        ((321, 181), [("v180", 320, 180)]),
    ],
)
def test_rungs_go_by_the_short_side_and_never_above_the_source(
    source: tuple[int, int], expected: list[tuple[str, int, int]]
) -> None:
    assert sizes(*source) == expected


def test_a_turned_film_has_the_ladder_of_its_upright_picture() -> None:
    assert sizes(1920, 1080, rotation=90)[0] == ("v1080", 1080, 1920)


def test_anamorphic_pixels_become_square() -> None:
    assert sizes(720, 576, sample_aspect_ratio=Fraction(16, 15)) == [("v480", 640, 480), ("v360", 480, 360)]


def test_twice_the_frames_get_more_bits_and_a_narrow_picture_fewer() -> None:
    slow, fast = (build_ladder(numbered_film(rate=rate))[0] for rate in (25, 50))
    narrow = build_ladder(numbered_film(size=(1440, 1080)))[0]
    assert fast.max_rate == slow.max_rate * 3 // 2
    assert narrow.max_rate < slow.max_rate
    assert slow.buffer_size == 2 * slow.max_rate


@settings(deadline=None)
@given(width=st.integers(2, 8192), height=st.integers(2, 8192))
def test_every_picture_has_a_ladder_of_even_sizes_from_high_to_low(width: int, height: int) -> None:
    ladder = build_ladder(numbered_film(size=(width, height)))
    assert all(r.width % 2 == 0 == r.height % 2 for r in ladder)
    assert all(r.width <= max(width, 2) and r.height <= max(height, 2) for r in ladder)
    shorts = [min(r.width, r.height) for r in ladder]
    assert shorts == sorted(set(shorts), reverse=True)
    assert [r.name for r in ladder] == [f"v{short}" for short in shorts]
    assert [r.max_rate for r in ladder] == sorted((r.max_rate for r in ladder), reverse=True)
