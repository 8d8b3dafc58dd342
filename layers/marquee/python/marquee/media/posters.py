"""Which frames may stand for a film: judged by sharpness, light and faces. JPEG bytes in; no judgement is certain."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageFilter, ImageStat

# Frames are compared at one small size: noise of large ones would count as sharpness.
COMPARED_SIZE = (320, 180)
_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
# Variance of the Laplacian at which a frame counts as half sharp: soft ones have some tens, crisp ones thousands.
_HALF_SHARP = 150.0
_FULL_CONTRAST = 40.0  # standard deviation of the light
_CLIPPED = (4, 251)
# A face this wide, as a share of the picture, counts whole.
_LARGE_FACE = 0.12
# What of the score only a face can bring.
_FACES_SHARE = 0.45
# Mean difference of two small copies below which they show the same.
_ALIKE = 10.0
_SKETCH = (16, 9)

# A grey picture in; of every face how sure it is one (0..1) and its width as a share of the picture's.
Faces = Callable[[Image.Image], Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A frame and its measures, each from 0 to 1. `faces` None: not looked for."""

    jpeg: bytes
    at_seconds: float
    size: tuple[int, int]
    sharpness: float
    exposure: float
    contrast: float
    faces: int | None
    prominence: float  # how much of the frame its faces are
    sketch: bytes  # a very small copy, to see what is alike

    @property
    def score(self) -> float:
        """How good a poster it makes; 0 for a frame of one colour."""
        worth = 1 - _FACES_SHARE + _FACES_SHARE * self.prominence
        return self.sharpness * self.exposure * self.contrast * worth


def judge(jpeg: bytes, at_seconds: float, find_faces: Faces | None = None) -> Judged | None:
    """Measure a frame; None when the bytes are no picture."""
    try:
        with Image.open(io.BytesIO(jpeg)) as image:
            size = image.size
            image.draft("L", COMPARED_SIZE)  # decodes only as much as is looked at
            grey = image.convert("L")
    except OSError:
        return None
    small = grey.resize(COMPARED_SIZE, Image.Resampling.BILINEAR)
    light = ImageStat.Stat(small)
    variance = ImageStat.Stat(small.filter(_LAPLACIAN)).var[0]
    faces = None if find_faces is None else find_faces(grey)
    return Judged(
        jpeg=jpeg,
        at_seconds=at_seconds,
        size=size,
        sharpness=variance / (variance + _HALF_SHARP),
        exposure=_exposure(light.mean[0], small.histogram()),
        contrast=min(1.0, light.stddev[0] / _FULL_CONTRAST),
        faces=None if faces is None else len(faces),
        prominence=_prominence(faces or ()),
        sketch=small.resize(_SKETCH, Image.Resampling.BOX).tobytes(),
    )


def choose(judged: Sequence[Judged], count: int) -> list[Judged]:
    """The best `count`, best first; of frames that look alike only the best, unless nothing else is left."""
    different = {one.jpeg: one for one in sorted(judged, key=_worst_first)}
    ranked = sorted(different.values(), key=_worst_first, reverse=True)
    chosen: list[Judged] = []
    for one in ranked:
        if all(_difference(one, other) >= _ALIKE for other in chosen):
            chosen.append(one)
    chosen += [one for one in ranked if one not in chosen]
    return sorted(chosen[:count], key=_worst_first, reverse=True)


def _worst_first(one: Judged) -> tuple[float, float]:
    """Of equals the earlier is better."""
    return one.score, -one.at_seconds


def _exposure(mean: float, histogram: Sequence[int]) -> float:
    """1 for middle grey, falling to 0 for black and white, and where most of the picture is one of them. Flat
    between, as nights and snow are fine."""
    clipped = sum(histogram[: _CLIPPED[0]]) + sum(histogram[_CLIPPED[1] :])
    seen = 1 - clipped / sum(histogram)
    return max(0.0, min(1.0, mean / 40, (255 - mean) / 30, 2 * seen))


def _prominence(faces: Sequence[tuple[float, float]]) -> float:
    return min(1.0, math.fsum(sure * min(1.0, width / _LARGE_FACE) for sure, width in faces))


def _difference(one: Judged, other: Judged) -> float:
    return sum(abs(a - b) for a, b in zip(one.sketch, other.sketch, strict=True)) / len(one.sketch)
