"""Pictures for people: the poster out of the candidates, and storyboard sheets out of tiles. JPEG bytes in and out."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from PIL import Image, ImageFilter, ImageStat

from marquee.domain.media import Storyboard

JPEG_QUALITY = 80
# Candidates are compared at one small size: noise of large ones would count as sharpness.
COMPARED_SIZE = (320, 180)
_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


def picture_score(jpeg: bytes) -> float:
    """How good a poster a picture makes: sharp (variance of its Laplacian) and neither black nor white.

    Zero for a picture of one colour; raises OSError when the bytes are no picture.
    """
    with Image.open(io.BytesIO(jpeg)) as image:
        gray = image.convert("L").resize(COMPARED_SIZE, Image.Resampling.BILINEAR)
    light = ImageStat.Stat(gray)
    sharpness = ImageStat.Stat(gray.filter(_LAPLACIAN)).var[0]
    return float(sharpness * _exposure(light.mean[0]) * min(1.0, light.stddev[0] / 40))


def best_picture(candidates: Sequence[bytes]) -> bytes | None:
    """The candidate with the highest score, the earliest of equals; None when there is none."""
    return max(candidates, key=picture_score, default=None)


def compose_sheets(tiles: Mapping[int, bytes], board: Storyboard) -> list[bytes]:
    """Sprite sheets of `columns × rows` tiles, row by row; a missing tile shows the nearest earlier one.

    Where nothing is earlier the nearest later one; raises ValueError without any tile. The last sheet has
    only the rows it needs.
    """
    shown = fill_gaps(sorted(tiles), board.tile_count)
    per_sheet = board.columns * board.rows
    return [
        _sheet([tiles[index] for index in shown[first : first + per_sheet]], board)
        for first in range(0, board.tile_count, per_sheet)
    ]


def fill_gaps(present: Sequence[int], count: int) -> list[int]:
    """Which of the `present` tiles (sorted) stands at each of `count` places."""
    if not present:
        raise ValueError("a storyboard needs at least one tile")
    shown, at = [], 0
    for place in range(count):
        while at + 1 < len(present) and present[at + 1] <= place:
            at += 1
        shown.append(present[at])
    return shown


def _exposure(mean: float) -> float:
    """1 for middle grey, falling to 0 for black and white; flat between, as nights and snow are fine."""
    return max(0.0, min(1.0, mean / 40, (255 - mean) / 30))


def _sheet(tiles: Sequence[bytes], board: Storyboard) -> bytes:
    rows = -(-len(tiles) // board.columns)
    columns = min(board.columns, len(tiles))
    sheet = Image.new("RGB", (columns * board.tile_width, rows * board.tile_height))
    for place, jpeg in enumerate(tiles):
        with Image.open(io.BytesIO(jpeg)) as image:
            tile = image.convert("RGB")
        if tile.size != (board.tile_width, board.tile_height):
            tile = tile.resize((board.tile_width, board.tile_height))
        corner = (place % board.columns * board.tile_width, place // board.columns * board.tile_height)
        sheet.paste(tile, corner)
    return encode_jpeg(sheet)


def encode_jpeg(image: Image.Image) -> bytes:
    """A progressive JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return out.getvalue()
