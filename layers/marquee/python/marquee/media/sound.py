"""Turns the AAC encoder's fragments into audio segments on the film's own segment grid.

AAC needs a frame of priming before the first sound. The init segment's edit list skips it, so the media time of
every access unit is its presentation time plus `PRIMING`; reports give presentation times.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from marquee.domain.errors import OutputMismatch
from marquee.domain.keys import segment_name
from marquee.domain.media import EncodedSegment, Plan
from marquee.media.fmp4 import Fragment, Sample
from marquee.media.segments import FinishedSegment, write_audio_segment
from marquee.media.timeline import LEAD_SECONDS, Timeline, film_segments

PRIMING = 1024  # samples that FFmpeg's encoder puts before the sound: one access unit
TAIL_SECONDS = Fraction(1, 2)  # sound this much longer than the picture stays in the last segment


class AudioSegmenter:
    """One audio track: fragments of any length in, segments out whose ends lie on the video's grid, within an
    access unit. Sound that outlasts the picture goes on in segments of the planned length."""

    def __init__(self, plan: Plan, sample_rate: int) -> None:
        self._rate = sample_rate
        self._step = Fraction(plan.segment_seconds) * sample_rate
        self._ends = [end * sample_rate for end in _grid(plan)]
        self._held: list[Sample] = []
        self._payload = bytearray()
        self.finished: list[EncodedSegment] = []

    def take(self, fragment: Fragment) -> Iterator[FinishedSegment]:
        """Segments that the fragment completes."""
        at = 0
        for sample in fragment.samples:
            media_time = sample.dts - LEAD_SECONDS * self._rate + PRIMING
            if not self._held and not self.finished:
                self._start_at(media_time)
            while self._held and media_time - PRIMING >= self._end():
                yield self._cut()
            self._held.append(Sample(media_time, media_time, sample.duration, sample.size, 0))
            self._payload += fragment.payload[at : at + sample.size]
            at += sample.size

    def finish(self) -> Iterator[FinishedSegment]:
        """The last segment; raises `OutputMismatch` when there was no sound at all."""
        if self._held:
            yield self._cut()
        if not self.finished:
            raise OutputMismatch("the encoder wrote no sound")

    def _start_at(self, shown: int) -> None:
        """Sound that starts late starts with segment 0 all the same: the grid before it is left out."""
        self._ends = [end for end in self._ends if end > shown] or self._ends[-1:]

    def _end(self) -> Fraction:
        number = len(self.finished)
        beyond = number - len(self._ends) + 1
        return self._ends[number] if beyond <= 0 else self._ends[-1] + beyond * self._step

    def _cut(self) -> FinishedSegment:
        number, samples = len(self.finished), self._held
        body = write_audio_segment(number, samples, bytes(self._payload))
        self._held, self._payload = [], bytearray()
        # The first segment's priming is not shown.
        hidden = PRIMING if number == 0 else 0
        start = samples[0].dts - PRIMING + hidden
        record = EncodedSegment(
            number=number,
            uri=segment_name(number),
            start=start,
            duration=samples[-1].dts + samples[-1].duration - PRIMING - start,
            samples=len(samples),
            size_bytes=len(body),
        )
        self.finished.append(record)
        return FinishedSegment(record, body)


def _grid(plan: Plan) -> list[Fraction]:
    """Ends of the film's segments in output seconds; the last one leaves room for a little more sound."""
    timeline = Timeline.of(plan)
    ends = [Fraction(timeline.ticks(segment.end_pts), plan.timescale) for segment in film_segments(plan)]
    return [*ends[:-1], ends[-1] + TAIL_SECONDS]
