"""Which part of which sprite sheet shows which seconds, as WebVTT and as JSON. Pure."""

from __future__ import annotations

from pathlib import PurePosixPath

from marquee.domain import keys
from marquee.domain.media import Storyboard
from marquee.domain.model import Model


class StoryboardTile(Model):
    """`[start, end)` in seconds; `sheet` counts the sheets from 0; `x` and `y` are its upper left corner on it."""

    start: float
    end: float
    sheet: int
    x: int
    y: int


class StoryboardDocument(Model):
    """`storyboard.json`. Sizes in pixels, times in seconds; sheets are addresses beside it."""

    schema_version: int = 1
    duration: float
    interval: float
    tile_width: int
    tile_height: int
    sheets: tuple[str, ...]
    tiles: tuple[StoryboardTile, ...]


def storyboard_document(board: Storyboard, duration_seconds: float) -> StoryboardDocument:
    """Every tile with its time and place."""
    tiles = tuple(_tile(board, number, duration_seconds) for number in range(board.tile_count))
    return StoryboardDocument(
        duration=round(duration_seconds, 3),
        interval=board.interval_seconds,
        tile_width=board.tile_width,
        tile_height=board.tile_height,
        sheets=tuple(_sheet_name(number) for number in range(max((tile.sheet for tile in tiles), default=-1) + 1)),
        tiles=tiles,
    )


def render_storyboard(board: Storyboard, duration_seconds: float) -> str:
    """WebVTT whose cues are addresses beside it, `storyboard-0.jpg#xywh=x,y,w,h` (Media Fragments)."""
    lines = ["WEBVTT", ""]
    for tile in storyboard_document(board, duration_seconds).tiles:
        box = f"{tile.x},{tile.y},{board.tile_width},{board.tile_height}"
        lines += [f"{_clock(tile.start)} --> {_clock(tile.end)}", f"{_sheet_name(tile.sheet)}#xywh={box}", ""]
    return "\n".join(lines)


def _tile(board: Storyboard, number: int, duration_seconds: float) -> StoryboardTile:
    start = number * board.interval_seconds
    last = number + 1 == board.tile_count
    end = max(duration_seconds, start + 0.001) if last else start + board.interval_seconds
    sheet, place = divmod(number, board.columns * board.rows)
    row, column = divmod(place, board.columns)
    return StoryboardTile(
        start=round(start, 3), end=round(end, 3), sheet=sheet, x=column * board.tile_width, y=row * board.tile_height
    )


def _sheet_name(number: int) -> str:
    return PurePosixPath(keys.storyboard_sheet(number)).name


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"
