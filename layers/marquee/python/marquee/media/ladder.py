"""The ladder: which H.264 renditions a film gets, by the short side of its upright, square-pixel picture."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from marquee.domain.media import MediaInfo, Rendition


@dataclass(frozen=True)
class Rung:
    """`max_rate` in bits a second for a 16:9 picture at up to 30 frames a second."""

    short_side: int
    crf: float
    max_rate: int


RUNGS = (
    Rung(1080, 23.0, 5_000_000),
    Rung(720, 23.0, 2_800_000),
    Rung(480, 23.0, 1_400_000),
    Rung(360, 23.0, 800_000),
)
"""High to low. Capped CRF: quality where it is cheap, the cap where it is not; no pumping at joints as with ABR."""

_WIDE = Fraction(16, 9)
_LOWEST_RATE = 150_000
_FAST = 32
# Twice the pictures are not twice the bits: neighbours are more alike.
_FAST_FACTOR = 1.5
# Bits grow more slowly than pixels.
_PIXEL_EXPONENT = 0.75


def build_ladder(media: MediaInfo) -> tuple[Rendition, ...]:
    """Renditions from high to low, none above the source; a source below the lowest rung keeps its own size."""
    short = min(media.video.display_size)
    rungs = [rung for rung in RUNGS if rung.short_side <= short]
    if not rungs:
        rungs = [Rung(_even(short), RUNGS[-1].crf, RUNGS[-1].max_rate)]
    return tuple(_rendition(rung, media) for rung in rungs)


def _rendition(rung: Rung, media: MediaInfo) -> Rendition:
    width, height = _fit(media.video.display_size, rung.short_side)
    reference = next((r for r in RUNGS if r.short_side == rung.short_side), RUNGS[-1])
    pixels = float(reference.short_side**2 * _WIDE)
    rate = rung.max_rate * (width * height / pixels) ** _PIXEL_EXPONENT
    if media.video.frame_rate > _FAST:
        rate *= _FAST_FACTOR
    max_rate = max(_LOWEST_RATE, round(rate / 1000) * 1000)
    return Rendition(
        name=f"v{rung.short_side}",
        width=width,
        height=height,
        crf=rung.crf,
        max_rate=max_rate,
        buffer_size=2 * max_rate,
    )


def _fit(display_size: tuple[int, int], short_side: int) -> tuple[int, int]:
    """Even width and height with this short side and the picture's aspect, in no direction above the source."""
    width, height = display_size
    long, short = max(display_size), min(display_size)
    scaled = 2 * round(Fraction(long * short_side, short) / 2)
    long_side = max(short_side, min(scaled, _even(long)))
    return (long_side, short_side) if width >= height else (short_side, long_side)


def _even(length: int) -> int:
    """The even number at or below `length`; 4:2:0 pictures have no odd sides."""
    return max(2, length - length % 2)
