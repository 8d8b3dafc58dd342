"""The one conversion between source time and output time; every worker must round alike.

Output ticks of a source pts are `round(pts × time_base × timescale) − round(origin × timescale)`, halves away from
zero: what FFmpeg's `settb` does, so that filters and Python agree to the tick.

Inside one encode time starts at `LEAD_SECONDS`, not at 0: B-frames put the first dts before the first pts and MP4
cannot hold a negative decode time.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from marquee.domain.media import Plan, Segment, Shard

LEAD_SECONDS = 10


def round_half_away(value: Fraction) -> int:
    """The nearest integer; halves go away from zero, as in FFmpeg's `av_rescale_q`."""
    doubled = abs(value) * 2
    magnitude = (doubled.numerator + doubled.denominator) // (2 * doubled.denominator)
    return magnitude if value >= 0 else -magnitude


@dataclass(frozen=True, slots=True)
class Timeline:
    """Output time of one film's video in ticks of `timescale`."""

    time_base: Fraction
    timescale: int
    origin: int  # the source tick (of the output timescale) that is output tick 0

    @classmethod
    def of(cls, plan: Plan) -> Timeline:
        """The plan's video timeline."""
        return cls(plan.media.video.time_base, plan.timescale, round_half_away(plan.origin_seconds * plan.timescale))

    def source_ticks(self, pts: int) -> int:
        """A source pts in output ticks, still counted from the source's own zero."""
        return round_half_away(pts * self.time_base * self.timescale)

    def ticks(self, pts: int) -> int:
        """A source pts on the output timeline."""
        return self.source_ticks(pts) - self.origin

    @property
    def lead(self) -> int:
        """`LEAD_SECONDS` in ticks."""
        return LEAD_SECONDS * self.timescale


def film_segments(plan: Plan) -> tuple[Segment, ...]:
    """Every segment of the film once, in order, whichever shards encode it."""
    found = {segment.number: segment for shard in plan.shards for segment in shard.segments}
    return tuple(found[number] for number in sorted(found))


def is_first_shard(shard: Shard) -> bool:
    """Whether the film starts in this shard."""
    return shard.segments[0].number == 0


def is_last_shard(plan: Plan, shard: Shard) -> bool:
    """Whether the film ends in this shard."""
    return shard.segments[-1].number == max(s.segments[-1].number for s in plan.shards)
