"""A moving preview of a film: a few of its storyboard's tiles, one after another. JPEG bytes in, WebP out."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageStat

FRAMES = 12
FRAME_MILLISECONDS = 500
QUALITY = 60
# 0 to 6, as the encoder counts its effort: at 2 it takes half the time of the usual 4, for a few more bytes.
EFFORT = 2
# Standard deviation of the light below which nothing is seen in a tile.
_FEATURELESS = 8.0


def compose_preview(tiles: Sequence[bytes]) -> bytes | None:
    """An endless animated WebP of up to `FRAMES` of the tiles, spread over the film; None for fewer than two."""
    runs = _runs(len(tiles), FRAMES)
    frames = [_frame([tiles[index] for index in run]) for run in runs]
    if len(frames) < 2:
        return None
    first = frames[0]
    alike = [frame if frame.size == first.size else frame.resize(first.size) for frame in frames]
    out = io.BytesIO()
    first.save(
        out,
        "WEBP",
        save_all=True,
        append_images=alike[1:],
        duration=FRAME_MILLISECONDS,
        loop=0,
        quality=QUALITY,
        method=EFFORT,
        minimize_size=False,
    )
    return out.getvalue()


def _runs(count: int, parts: int) -> list[range]:
    """`count` places in as many even runs as there are parts, or places."""
    parts = min(count, parts)
    return [range(count * n // parts, count * (n + 1) // parts) for n in range(parts)]


def _frame(run: Sequence[bytes]) -> Image.Image:
    """The middle tile of a run, or the one nearest to it in which something is seen."""
    middle = len(run) // 2
    nearest = sorted(range(len(run)), key=lambda place: abs(place - middle))
    for place in nearest:
        image = _decoded(run[place])
        if ImageStat.Stat(image.convert("L")).stddev[0] >= _FEATURELESS:
            return image
    return _decoded(run[middle])


def _decoded(jpeg: bytes) -> Image.Image:
    with Image.open(io.BytesIO(jpeg)) as image:
        return image.convert("RGB")
