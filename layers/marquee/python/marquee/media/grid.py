"""The time grid that all renditions share: places a film may be cut at, and the pts they stand for.

A position is a whole number from 0 to `total`: a frame's number where the rate is constant, a tick of the
source's time base where it is not. Cuts are chosen as positions and become pts in one place.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from marquee.domain.media import VideoInfo

EXCESS_SECONDS = Fraction(1, 2)
"""How much longer than the target a segment may be. At variable rate a segment ends where its last frame
does, a little after its position: there the excess is left for that."""


@dataclass(frozen=True)
class Grid:
    """`step`: ticks of the source's time base per position; `total`: position of the end."""

    start_pts: int
    end_pts: int
    step: Fraction
    total: int
    per_second: Fraction
    counts_frames: bool

    @classmethod
    def of(cls, video: VideoInfo) -> Grid:
        ticks = 1 / video.time_base
        if not video.constant_frame_rate:
            total = video.end_pts - video.start_pts
            return cls(video.start_pts, video.end_pts, Fraction(1), total, ticks, False)
        step = ticks / video.frame_rate
        total = video.frame_count or max(1, round((video.end_pts - video.start_pts) / step))
        return cls(video.start_pts, video.end_pts, step, total, video.frame_rate, True)

    def pts(self, position: int) -> int:
        """A pts that is after every frame before `position` and not after the frame at it.

        Where frames lie on whole ticks that is the frame's own pts. Where the container rounds, a frame may
        lie a tick beside its ideal time: the cut goes just in front of it.
        """
        if position <= 0:
            return self.start_pts
        if position >= self.total:
            return self.end_pts
        ideal = self.start_pts + position * self.step
        return math.ceil(ideal if self.step.denominator == 1 else ideal - min(self.step / 2, Fraction(2)))

    def position(self, pts: int) -> int:
        """The position of a frame with this pts."""
        return max(0, min(self.total, round((pts - self.start_pts) / self.step)))

    def seconds(self, position: int) -> float:
        """Seconds from the start of the picture."""
        return float(position / self.per_second)

    def at(self, seconds: float | Fraction) -> int:
        """The position nearest to `seconds` after the start of the picture."""
        return max(0, min(self.total, round(Fraction(seconds) * self.per_second)))


def split_evenly(start: int, end: int, parts: int) -> list[int]:
    """The `parts + 1` positions that cut `[start, end]` into parts of equal length, give or take one."""
    parts = max(1, min(parts, end - start))
    return [start + (end - start) * part // parts for part in range(parts + 1)]


def split_into_segments(grid: Grid, start: int, end: int, *, target_seconds: float) -> list[int]:
    """Cuts of `[start, end]`, both included, none further apart than a segment may be long."""
    longest = Fraction(target_seconds) + (EXCESS_SECONDS if grid.counts_frames else 0)
    positions = max(1, math.floor(longest * grid.per_second))
    return split_evenly(start, end, -(-(end - start) // positions))


def split_into_shards(
    grid: Grid, start: int, keyframes: Sequence[int], *, shard_seconds: float, tolerance: float = 0.2
) -> list[int]:
    """Cuts of `[start, total]` about `shard_seconds` apart, on a keyframe where one lies near enough.

    `keyframes` are positions, sorted. `tolerance` is the share of a shard a cut may move to meet one.
    """
    cuts = [start]
    while (left := grid.total - cuts[-1]) > 0:
        shards = max(1, round(left / grid.per_second / Fraction(shard_seconds)))
        if shards == 1:
            cuts.append(grid.total)
            break
        length = left // shards
        cuts.append(nearest(keyframes, cuts[-1] + length, within=int(length * tolerance)))
    return cuts


def nearest(keyframes: Sequence[int], wanted: int, *, within: int) -> int:
    """The keyframe nearest to `wanted` and not further than `within` away; `wanted` itself when there is none."""
    at = bisect_left(keyframes, wanted)
    close = [k for k in keyframes[max(0, at - 1) : at + 1] if abs(k - wanted) <= within]
    return min(close, key=lambda k: abs(k - wanted)) if close else wanted


def move_off_long_frames(cuts: Sequence[int], long_frames: Sequence[tuple[int, int]]) -> list[int]:
    """Cuts that fall while one frame stands move to the next frame: no segment is without a frame.

    `long_frames` are `(position, next frame's position)`, sorted. The first and the last cut stay.
    """
    moved = [cuts[0]]
    starts = [start for start, _ in long_frames]
    for cut in cuts[1:-1]:
        at = bisect_right(starts, cut - 1) - 1
        free = max(cut, long_frames[at][1]) if at >= 0 else cut
        if moved[-1] < free < cuts[-1]:
            moved.append(free)
    return [*moved, cuts[-1]]
