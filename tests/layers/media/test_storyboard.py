"""The storyboard's cues."""

from marquee.domain.media import Storyboard
from marquee.media.storyboard import render_storyboard


def test_cues_point_into_the_sheets_and_end_with_the_film() -> None:
    board = Storyboard(interval_seconds=5, tile_count=6, tile_width=160, tile_height=90, columns=2, rows=2)

    blocks = render_storyboard(board, 28.48).split("\n\n")

    assert blocks[0] == "WEBVTT"
    assert blocks[1] == "00:00:00.000 --> 00:00:05.000\nstoryboard-0.jpg#xywh=0,0,160,90"
    assert blocks[4] == "00:00:15.000 --> 00:00:20.000\nstoryboard-0.jpg#xywh=160,90,160,90"
    assert blocks[6].rstrip() == "00:00:25.000 --> 00:00:28.480\nstoryboard-1.jpg#xywh=160,0,160,90"


def test_hours_are_written_out() -> None:
    board = Storyboard(interval_seconds=3700.5, tile_count=2, tile_width=1, tile_height=1, columns=1, rows=1)

    assert "01:01:40.500 --> 01:23:20.000" in render_storyboard(board, 5000)
