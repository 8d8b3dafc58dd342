"""Posters and backdrops, drawn when they are asked for: a colour of its own and the title for each film."""

from __future__ import annotations

import colorsys
import io
import textwrap
from functools import lru_cache

from local.tmdb.films import FILMS

# TMDB's sizes that the service uses, as widths in pixels
WIDTHS = {"w92": 92, "w154": 154, "w185": 185, "w342": 342, "w500": 500, "w780": 780, "w1280": 1280, "original": 2000}


@lru_cache(maxsize=128)
def picture(size: str, name: str) -> bytes | None:
    """The JPEG called `p{id}.jpg` or `b{id}.jpg`; None when there is none, or not in that size."""
    kind, number = name[:1], name[1:].removesuffix(".jpg")
    film = FILMS.get(int(number)) if number.isascii() and number.isdigit() else None
    if size not in WIDTHS or film is None or not film.pictured or name not in (f"p{film.id}.jpg", f"b{film.id}.jpg"):
        return None
    width = WIDTHS[size]
    return _drawn(film.title, film.id, width, round(width * (1.5 if kind == "p" else 0.5625)))


def _drawn(title: str, number: int, width: int, height: int) -> bytes:
    # only a page that shows posters pays for this import
    from PIL import Image, ImageDraw, ImageFont

    red, green, blue = colorsys.hls_to_rgb(number * 0.61803 % 1, 0.32, 0.55)
    top = Image.new("RGB", (1, 2), (round(red * 255), round(green * 255), round(blue * 255)))
    top.putpixel((0, 1), (18, 18, 24))
    image = top.resize((width, height), Image.Resampling.BILINEAR)
    font = ImageFont.load_default(size=max(8, width // 11))
    lines = "\n".join(textwrap.wrap(title, 16))
    ImageDraw.Draw(image).multiline_text((width // 14, height // 2), lines, fill="white", font=font)
    jpeg = io.BytesIO()
    image.save(jpeg, "JPEG", quality=80)
    return jpeg.getvalue()
