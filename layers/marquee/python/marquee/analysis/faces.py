"""Faces in a grey picture, by the cascade that OpenCV brings."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from marquee.domain.analysis import Face

if TYPE_CHECKING:
    import cv2
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

_FIRST, _SECOND = "frontalface_alt2", "frontalface_default"
SOURCE = f"opencv.haarcascade_{_FIRST}"
# Looked for in a small copy: a face is at least a seventh of the picture's short side.
_SHORT_SIDE = 180
_SMALLEST = 24
_SCALE_STEP = 1.2
# A second cascade, made in another way, must see a face in the same place: leaves and folds deceive one at a time.
_AROUND = 0.3
# Overlapping hits that make a face, and as many more as make it half as sure again.
_HITS = 6


def find_faces(picture: Picture, at_seconds: float) -> list[Face]:
    """Faces that look into the camera, larger ones first. `picture`: height × width, 8 bit grey."""
    import cv2
    import numpy as np

    height, width = picture.shape
    scale = min(1.0, _SHORT_SIDE / min(height, width))
    small = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    boxes, hits, _ = _cascade(_FIRST).detectMultiScale3(
        small, _SCALE_STEP, _HITS, minSize=(_SMALLEST, _SMALLEST), outputRejectLevels=True
    )
    found = [
        Face(
            source=SOURCE,
            confidence=_confidence(int(count)),
            at_seconds=round(at_seconds, 3),
            box=_share_of(small.shape, [int(side) for side in box]),
        )
        for box, count in zip(boxes, np.ravel(hits), strict=True)
        if _is_seen_again(small, [int(side) for side in box])
    ]
    return sorted(found, key=lambda face: -face.box[2])


def _is_seen_again(picture: Picture, box: list[int]) -> bool:
    left, top, side, _ = box
    more = round(side * _AROUND)
    around = picture[max(0, top - more) : top + side + more, max(0, left - more) : left + side + more]
    least = max(_SMALLEST, side // 2)
    return len(_cascade(_SECOND).detectMultiScale(around, 1.1, 3, minSize=(least, least))) > 0


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    import cv2
    from cv2.data import haarcascades

    cv2.setNumThreads(1)
    return cv2.CascadeClassifier(f"{haarcascades}haarcascade_{name}.xml")


def _confidence(hits: int) -> float:
    return round(hits / (hits + _HITS), 3)


def _share_of(shape: tuple[int, ...], box: list[int]) -> tuple[float, float, float, float]:
    left, top, width, height = box
    return (
        round(left / shape[1], 4),
        round(top / shape[0], 4),
        round(width / shape[1], 4),
        round(height / shape[0], 4),
    )
