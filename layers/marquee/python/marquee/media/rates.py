"""Bit rates of a track as RFC 8216 §4.3.4.2 defines them: peak over runs of segments, and average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marquee.domain.media import EncodedSegment

MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """One segment's weight and length."""

    size_bytes: int
    microseconds: int


def spans_of(segments: Sequence[EncodedSegment], timescale: int, *, iframes: bool = False) -> tuple[Span, ...]:
    """Spans of encoded segments; with `iframes`, of the part of each that an I-frame playlist names."""
    return tuple(
        Span(s.iframe_bytes if iframes else s.size_bytes, microseconds(s.duration, timescale)) for s in segments
    )


def microseconds(ticks: int, timescale: int) -> int:
    """`ticks` of `timescale` as whole microseconds, rounded half up."""
    return (2 * ticks * MICROSECONDS + timescale) // (2 * timescale)


def average_rate(spans: Sequence[Span]) -> int:
    """Bits a second over all of them, rounded up."""
    return _rate(sum(s.size_bytes for s in spans), sum(s.microseconds for s in spans))


def peak_rate(spans: Sequence[Span], target_seconds: int) -> int:
    """The largest rate, in bits a second, of any contiguous run that lasts 0.5 to 1.5 target durations.

    A track so short that no run lasts that long has its average as its peak.
    """
    shortest = target_seconds * MICROSECONDS // 2
    longest = target_seconds * MICROSECONDS * 3 // 2
    peak = 0
    for first in range(len(spans)):
        size = length = 0
        for span in spans[first:]:
            size += span.size_bytes
            length += span.microseconds
            if length > longest:
                break
            if length >= shortest:
                peak = max(peak, _rate(size, length))
    return peak or average_rate(spans)


def _rate(size_bytes: int, length_microseconds: int) -> int:
    if length_microseconds <= 0:
        return 0
    return -(-size_bytes * 8 * MICROSECONDS // length_microseconds)
