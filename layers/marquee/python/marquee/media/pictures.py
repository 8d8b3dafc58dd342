"""Pictures for people: storyboard sheets out of tiles, pictures in other sizes. Bytes in and out."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from PIL import Image

from marquee.domain.images import ImageFormat
from marquee.domain.media import Storyboard

JPEG_QUALITY = 80
WEBP_QUALITY = 78


def resize_picture(picture: bytes, width: int, image_format: ImageFormat) -> bytes:
    """A picture `width` pixels wide, or as wide as it is if that is less, in another format."""
    with Image.open(io.BytesIO(picture)) as image:
        height = max(1, round(image.height * width / image.width))
        image.draft("RGB", (width, height))
        whole = image.convert("RGB")
    if width < whole.width:
        whole = whole.resize((width, height), Image.Resampling.LANCZOS)
    if image_format == "jpg":
        return encode_jpeg(whole)
    out = io.BytesIO()
    whole.save(out, "WEBP", quality=WEBP_QUALITY)
    return out.getvalue()


def is_whole(picture: bytes) -> bool:
    """Whether all of it can be decoded."""
    try:
        with Image.open(io.BytesIO(picture)) as image:
            image.load()
    except (OSError, SyntaxError, ValueError):
        return False
    return True


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
