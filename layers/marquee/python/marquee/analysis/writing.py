"""Where a picture may have writing, and how long the same writing stands: only that is worth an OCR run."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Mask = NDArray[np.bool_]

# Of the picture's height.
_LOWEST_LINE, _HIGHEST_LINE = 0.025, 0.35
# Of the picture's width: how far strokes of one line may stand apart.
_GAP = 0.02
_LEAST_WIDTH_TO_HEIGHT = 1.2
_STROKES = (0.12, 0.75)  # share of a line's box that is edges: less is a frame, more is texture
_STEEP = 60  # grey levels between a stroke and its ground, at the least
_SAME = 0.6  # of two pictures' strokes, for the same writing
# Pictures that are read: so many of any film, and so many more for each of its minutes.
_STEADY, _STEADY_A_MINUTE = 10, 4.0
_FLEETING, _FLEETING_A_MINUTE = 3, 1.0
_TEXTURE = 0.25  # of the whole picture: where so much is steep, nothing stands out as writing


@dataclass(frozen=True, slots=True)
class Stretch:
    """The same writing from `first` to `last` (seconds of samples that show it).

    `picture`: the clearest of it, as PNG. `alone`: the lines' share of everything in it that is as steep as letters; 1
    on a title card.
    """

    first: float
    last: float
    picture: bytes
    alone: float

    @property
    def is_steady(self) -> bool:
        """It was there twice, so it was meant to be read; what moves or was seen once may be leaves."""
        return self.last > self.first


@dataclass(slots=True)
class _Open:
    """A stretch that goes on."""

    first: float
    last: float
    picture: Picture
    mask: Mask
    strokes: int
    alone: float

    @property
    def promise(self) -> float:
        """What stands alone and long is what was meant to be read."""
        return self.alone + min(self.last - self.first, 4.0)


class _Best:
    """The most promising stretches; of the others only their number is kept, as pictures are large."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[float, float, Stretch]] = []
        self.left_out = 0

    def add(self, stretch: _Open) -> None:
        if len(self._kept) >= self._most:
            self.left_out += 1
            if not self._kept or stretch.promise <= self._kept[0][0]:
                return
            heapq.heappop(self._kept)
        kept = Stretch(stretch.first, stretch.last, _packed(stretch.picture), stretch.alone)
        heapq.heappush(self._kept, (stretch.promise, -stretch.first, kept))

    def stretches(self) -> list[Stretch]:
        return [stretch for _, _, stretch in self._kept]


class WritingWatch:
    """Fed with samples in order; keeps one picture for each stretch of writing, of as many as are worth reading."""

    def __init__(self, duration_seconds: float) -> None:
        minutes = duration_seconds / 60
        self._steady = _Best(int(_STEADY + _STEADY_A_MINUTE * minutes))
        self._fleeting = _Best(int(_FLEETING + _FLEETING_A_MINUTE * minutes))
        self._open: _Open | None = None

    def look(self, picture: Picture, at_seconds: float) -> None:
        """`picture`: height × width, 8 bit grey."""
        mask, alone = find_lines(picture)
        now = _Open(at_seconds, at_seconds, picture, mask, int(mask.sum()), alone)
        if self._open is not None and _same(self._open.mask, mask):
            _extend(self._open, now)
            return
        self._close()
        self._open = now if now.strokes else None

    def close(self) -> list[Stretch]:
        """No more comes. What is to be read, in order of time."""
        self._close()
        return sorted([*self._steady.stretches(), *self._fleeting.stretches()], key=lambda stretch: stretch.first)

    @property
    def left_out(self) -> int:
        """How many steady stretches are more than can be read."""
        return self._steady.left_out

    def _close(self) -> None:
        if self._open is not None:
            (self._steady if self._open.last > self._open.first else self._fleeting).add(self._open)
        self._open = None


def _packed(picture: Picture) -> bytes:
    import cv2

    return cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


def find_lines(picture: Picture) -> tuple[Mask, float]:
    """The strokes that lie in what looks like lines of writing, at half size, and their share of all strokes."""
    import cv2
    import numpy as np

    height, width = picture.shape[0] // 2, picture.shape[1] // 2
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    steep = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, kernel) > _STEEP
    mask = np.zeros(steep.shape, dtype=np.bool_)
    if not 0 < steep.mean() < _TEXTURE:
        return mask, 0.0
    bar = cv2.getStructuringElement(cv2.MORPH_RECT, (max(3, round(_GAP * width)), 1))
    joined = cv2.morphologyEx(steep.astype(np.uint8), cv2.MORPH_CLOSE, bar)
    for box in cv2.connectedComponentsWithStats(joined)[2][1:]:
        left, top, wide, high = (int(side) for side in box[:4])
        inside = steep[top : top + high, left : left + wide]
        if _is_line(wide, high, height, float(inside.mean())):
            mask[top : top + high, left : left + wide] |= inside
    return mask, float(mask.sum() / steep.sum())


def _is_line(wide: int, high: int, height: int, filled: float) -> bool:
    return (
        _LOWEST_LINE * height <= high <= _HIGHEST_LINE * height
        and wide >= _LEAST_WIDTH_TO_HEIGHT * high
        and _STROKES[0] <= filled <= _STROKES[1]
    )


def _same(one: Mask, other: Mask) -> bool:
    either = int((one | other).sum())
    return either > 0 and int((one & other).sum()) >= _SAME * either


def _extend(stretch: _Open, now: _Open) -> None:
    """The same writing stands on: while it fades in, a later picture shows more of it."""
    stretch.last = now.last
    if now.strokes > stretch.strokes:
        stretch.picture, stretch.strokes, stretch.alone = now.picture, now.strokes, now.alone
    stretch.mask = now.mask
