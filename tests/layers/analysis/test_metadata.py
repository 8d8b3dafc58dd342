"""What FFmpeg prints of frames is read whatever pieces it comes in."""

from __future__ import annotations

import pytest
from marquee.analysis.metadata import FrameValues, Stretches, Values

PRINTED = (
    b"frame:0    pts:0       pts_time:0\nlavfi.scd.mafd=0.000\nlavfi.scd.score=0.000\n"
    b"frame:1    pts:512     pts_time:0.04\nlavfi.scd.mafd=12.500\n"
)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_frames_are_told_in_order_with_all_their_values(size: int) -> None:
    told: list[tuple[float, Values]] = []
    reader = FrameValues(lambda at, values: told.append((at, values)))
    for start in range(0, len(PRINTED), size):
        reader(PRINTED[start : start + size])
    reader.close()
    assert told == [(0.0, {"scd.mafd": "0.000", "scd.score": "0.000"}), (0.04, {"scd.mafd": "12.500"})]


def test_stretches_end_where_it_is_told_or_with_the_film() -> None:
    stretches = Stretches("start", "end")
    for values in ({"start": "-0.01"}, {}, {"end": "2"}, {"start": "5"}, {"end": "6", "start": "6"}, {}):
        stretches.take(values)
    stretches.close(9.0)
    assert stretches.found == [(0.0, 2.0), (5.0, 6.0), (6.0, 9.0)]


def test_an_end_without_a_beginning_is_nothing() -> None:
    stretches = Stretches("start", "end")
    stretches.take({"end": "2"})
    stretches.close(9.0)
    assert stretches.found == []
