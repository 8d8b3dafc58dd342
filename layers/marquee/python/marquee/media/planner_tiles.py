"""How many storyboard pictures a film gets, how far apart and how large."""

from __future__ import annotations

import math

from marquee.domain.media import Storyboard

_SHORT_FILM_SECONDS = 15 * 60
_SHORT_FILM_TILES = 50
_LONG_FILM_TILES = 100
_FINEST_SECONDS = 0.5
_LANDSCAPE_WIDTH = 240
_PORTRAIT_WIDTH = 160
_HIGHEST = 480
_SHEET_SIDE = 10


def plan_storyboard(duration_seconds: float, display_size: tuple[int, int]) -> Storyboard:
    """50 tiles, 100 for a long film, whole milliseconds apart; fewer for films of a few seconds."""
    wanted = _SHORT_FILM_TILES if duration_seconds < _SHORT_FILM_SECONDS else _LONG_FILM_TILES
    interval = max(_FINEST_SECONDS, math.ceil(duration_seconds / wanted * 1000) / 1000)
    count = max(1, min(wanted, math.ceil(duration_seconds / interval)))
    width, height = _tile_size(display_size)
    columns = min(_SHEET_SIDE, count)
    return Storyboard(
        interval_seconds=interval,
        tile_count=count,
        tile_width=width,
        tile_height=height,
        columns=columns,
        rows=min(_SHEET_SIDE, math.ceil(count / columns)),
    )


def _tile_size(display_size: tuple[int, int]) -> tuple[int, int]:
    width, height = display_size
    tile = min(_LANDSCAPE_WIDTH if width >= height else _PORTRAIT_WIDTH, width)
    return max(2, tile - tile % 2), max(2, min(_HIGHEST, 2 * round(tile * height / width / 2)))
