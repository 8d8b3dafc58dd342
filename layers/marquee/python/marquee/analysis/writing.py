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

# How far strokes of one line may stand apart, of the picture's width, and how high it is at least and at most, of the
# picture's height: huge letters stand farther apart.
_LINES = ((0.02, 0.025, 0.35), (0.06, 0.2, 0.6))
_LEAST_WIDTH_TO_HEIGHT = 1.2
_STROKES = (0.12, 0.75)  # share of a line's box that is edges: less is a frame, more is texture
_STEEP = 60  # grey levels between a stroke and its ground, at the least
_SAME = 0.6  # of two pictures' strokes, for the same writing
# Of the strokes of the picture that has fewer, those that are still there and changed by fewer grey levels. Other
# writing in the same place comes to a quarter.
_UNCHANGED, _CHANGED = 0.4, 32
_ALIKE = 0.5  # fewer by so much, and it is other writing
# Grey levels that pictures of the same writing differ by on the average, where something moves behind it.
_MOVING = 4.0
_STANDS_ALONE = 0.95
_LIGHT = 1.5
_AROUND = 9  # points at half size that belong to a stroke
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
    # The darkest and the lightest of each point: what moves is in only one of them as light, or as dark, as writing.
    low: Picture
    high: Picture
    latest: Picture

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
        kept = Stretch(stretch.first, stretch.last, _packed(_clearest(stretch)), stretch.alone)
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
        now = _Open(at_seconds, at_seconds, picture, mask, int(mask.sum()), alone, picture, picture, picture)
        if self._open is not None and now.strokes and _same(self._open, now):
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
    for gap, lowest, highest in _LINES:
        bar = cv2.getStructuringElement(cv2.MORPH_RECT, (max(3, round(gap * width)), 1))
        joined = cv2.morphologyEx(steep.astype(np.uint8), cv2.MORPH_CLOSE, bar)
        for box in cv2.connectedComponentsWithStats(joined)[2][1:]:
            left, top, wide, high = (int(side) for side in box[:4])
            inside = steep[top : top + high, left : left + wide]
            if lowest * height <= high <= highest * height and _is_line(wide, high, float(inside.mean())):
                mask[top : top + high, left : left + wide] |= inside
    return mask, float(mask.sum() / steep.sum())


def _is_line(wide: int, high: int, filled: float) -> bool:
    return wide >= _LEAST_WIDTH_TO_HEIGHT * high and _STROKES[0] <= filled <= _STROKES[1]


def _same(stretch: _Open, now: _Open) -> bool:
    """The strokes are in the same places; or, where things move behind them, enough of them are as light as before."""
    import cv2

    both = stretch.mask & now.mask
    if int(both.sum()) >= _SAME * int((stretch.mask | now.mask).sum()):
        return True
    fewer, more = sorted((int(stretch.mask.sum()), now.strokes))
    if fewer < _ALIKE * more:
        return False
    change = cv2.resize(cv2.absdiff(stretch.latest, now.latest), both.shape[::-1], interpolation=cv2.INTER_AREA)
    return int((both & (change < _CHANGED)).sum()) >= _UNCHANGED * fewer


def _extend(stretch: _Open, now: _Open) -> None:
    """The same writing stands on: while it fades in, a later picture shows more of it."""
    import numpy as np

    stretch.last, stretch.latest = now.last, now.latest
    stretch.low = np.minimum(stretch.low, now.picture)
    stretch.high = np.maximum(stretch.high, now.picture)
    if now.strokes > stretch.strokes:
        stretch.picture, stretch.strokes, stretch.alone = now.picture, now.strokes, now.alone
    stretch.mask = now.mask


def _clearest(stretch: _Open) -> Picture:
    """The picture to read: the one with most strokes, or, where things move behind the writing, only what stands."""
    import cv2
    import numpy as np

    moved = float(cv2.absdiff(stretch.high, stretch.low).mean())
    if stretch.alone >= _STANDS_ALONE or moved < _MOVING:
        return stretch.picture
    light, dark = (find_lines(picture)[0] & stretch.mask for picture in (stretch.low, stretch.high))
    # Dark rims are drawn around light letters, and not the other way.
    is_light = _LIGHT * int(light.sum()) >= int(dark.sum())
    picture, strokes = (stretch.low, light) if is_light else (stretch.high, dark)
    if not strokes.any():
        return stretch.picture
    around = cv2.dilate(strokes.astype(np.uint8), np.ones((_AROUND, _AROUND), np.uint8))
    height, width = picture.shape
    near = cv2.resize(around, (width, height), interpolation=cv2.INTER_NEAREST) > 0
    return _as_ink(picture, near, lightest=is_light)


def _as_ink(picture: Picture, near: Mask, *, lightest: bool) -> Picture:
    """Black on white what is lightest (or darkest) of a picture near strokes, as print."""
    import numpy as np

    ground = float(np.median(picture[near]))
    letters = float(np.percentile(picture[near], 98 if lightest else 2))
    between = (ground + letters) / 2
    ink = near & (picture > between if lightest else picture < between)
    return np.where(ink, np.uint8(0), np.uint8(255))
