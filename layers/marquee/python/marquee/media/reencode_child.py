"""The confined half of `reencode`: `python -m marquee.media.reencode_child`.

Reads `{picture, limits}` as JSON from standard input, the picture in Base64, and answers `{jpeg, width, height}`.
"""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image, ImageOps

from marquee.media.confined_work import end, serve
from marquee.media.probe_limits import ProbeLimits, Refusal

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_SIDE = 1920
MIN_SIDE = 64
JPEG_QUALITY = 85
# Pillow's own cap raises without a sentence: `_check` says it, and the process is bound anyway.
Image.MAX_IMAGE_PIXELS = None


def reencode(order: dict[str, Any], limits: ProbeLimits) -> dict[str, Any]:
    """Raises Refusal."""
    try:
        with Image.open(io.BytesIO(base64.b64decode(order["picture"])), formats=FORMATS) as image:
            _check(image.size, limits)
            image.draft("RGB", (MAX_SIDE, MAX_SIDE))
            upright = _flat(ImageOps.exif_transpose(image))
    except (OSError, SyntaxError, ValueError) as error:
        raise Refusal("not_a_picture", "This is no JPEG, PNG or WebP picture that can be read.") from error
    upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return {"jpeg": base64.b64encode(out.getvalue()).decode(), "width": upright.width, "height": upright.height}


def _check(size: tuple[int, int], limits: ProbeLimits) -> None:
    # The header says it before anything is decoded.
    if size[0] * size[1] > limits.max_pixels:
        raise Refusal("picture_too_large", f"The picture may have at most {limits.max_pixels // 1_000_000} megapixels.")
    if min(size) < MIN_SIDE:
        raise Refusal("picture_too_small", f"The picture must be at least {MIN_SIDE} pixels wide and high.")


def _flat(image: Image.Image) -> Image.Image:
    """Without transparency: what shines through is black, as around a film."""
    if image.mode.startswith("I"):  # 16 bits a pixel, which `convert` would cut off at 255
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    ground = Image.new("RGB", clear.size)
    ground.paste(clear, mask=clear.getchannel("A"))
    return ground


if __name__ == "__main__":
    end(serve(reencode))
