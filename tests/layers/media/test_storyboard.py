"""The storyboard's cues, and the same as JSON."""

from marquee.domain.media import Storyboard
from marquee.media.storyboard import StoryboardTile, render_storyboard, storyboard_document


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


def test_json_says_the_same_as_the_cues() -> None:
    board = Storyboard(interval_seconds=1.22, tile_count=6, tile_width=160, tile_height=90, columns=2, rows=2)

    document = storyboard_document(board, 7.1)

    assert (document.duration, document.interval) == (7.1, 1.22)
    assert (document.tile_width, document.tile_height) == (160, 90)
    assert document.sheets == ("storyboard-0.jpg", "storyboard-1.jpg")
    assert document.tiles[3] == StoryboardTile(start=3.66, end=4.88, sheet=0, x=160, y=90)
    assert document.tiles[5] == StoryboardTile(start=6.1, end=7.1, sheet=1, x=160, y=0)
    assert all(a.end == b.start for a, b in zip(document.tiles, document.tiles[1:], strict=False))
