"""The storyboard's WebVTT: which part of which sprite sheet shows which seconds. Pure text."""

from __future__ import annotations

from pathlib import PurePosixPath

from marquee.domain import keys
from marquee.domain.media import Storyboard


def render_storyboard(board: Storyboard, duration_seconds: float) -> str:
    """WebVTT whose cues are addresses beside it, `storyboard-0.jpg#xywh=x,y,w,h` (Media Fragments)."""
    lines = ["WEBVTT", ""]
    for tile in range(board.tile_count):
        start = tile * board.interval_seconds
        last = tile + 1 == board.tile_count
        end = max(duration_seconds, start + 0.001) if last else start + board.interval_seconds
        lines += [f"{_clock(start)} --> {_clock(end)}", _address(board, tile), ""]
    return "\n".join(lines)


def _address(board: Storyboard, tile: int) -> str:
    sheet, place = divmod(tile, board.columns * board.rows)
    row, column = divmod(place, board.columns)
    corner = f"{column * board.tile_width},{row * board.tile_height}"
    name = PurePosixPath(keys.storyboard_sheet(sheet)).name
    return f"{name}#xywh={corner},{board.tile_width},{board.tile_height}"


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"
