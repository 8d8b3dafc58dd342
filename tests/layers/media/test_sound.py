"""Audio segments end on the picture's grid, within an access unit, and keep every sample in its place."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from marquee.domain.errors import OutputMismatch
from marquee.media.fmp4 import Fragment, Sample
from marquee.media.segments import FinishedSegment
from marquee.media.sound import PRIMING, AudioSegmenter

from tests.layers.media.encoder_plans import plan_with

RATE = 48_000
LEAD = 10 * RATE
# Two short segments, as at a film's head, then a long one.
SEGMENTS = [(0, 0, 50), (1, 50, 100), (2, 100, 250)]


def pieces(seconds: float, *, start: int = 0, units: int = 20) -> Iterator[Fragment]:
    """The encoder's own fragments of a sound that starts `start` samples into the film, priming in front."""
    count = 1 + -(-round(seconds * RATE) // PRIMING)
    for first in range(0, count, units):
        numbers = range(first, min(count, first + units))
        samples = [Sample(LEAD + start + (n - 1) * PRIMING, 0, PRIMING, 10 + n % 3, 0) for n in numbers]
        yield Fragment(tuple(samples), b"".join(bytes([n % 256]) * (10 + n % 3) for n in numbers))


def segments_of(seconds: float, *, start: int = 0) -> list[FinishedSegment]:
    maker = AudioSegmenter(plan_with(segments=SEGMENTS), RATE)
    finished = [segment for piece in pieces(seconds, start=start) for segment in maker.take(piece)]
    return [*finished, *maker.finish()]


def ends(segments: list[FinishedSegment]) -> list[float]:
    return [(s.record.start + s.record.duration) / RATE for s in segments]


def test_segments_end_where_the_pictures_segments_end() -> None:
    found = segments_of(10.0)
    assert [segment.record.number for segment in found] == [0, 1, 2]
    assert ends(found) == pytest.approx([2, 4, 10], abs=PRIMING / RATE)


def test_segments_follow_each_other_without_a_gap() -> None:
    records = [segment.record for segment in segments_of(10.0)]
    assert records[0].start == 0
    assert [r.start + r.duration for r in records[:-1]] == [r.start for r in records[1:]]
    assert sum(r.samples for r in records) == 1 + -(-10 * RATE // PRIMING)


def test_every_access_unit_is_stored_once() -> None:
    stored = b"".join(segment.body[segment.body.index(b"mdat") + 4 :] for segment in segments_of(10.0))
    assert stored == b"".join(piece.payload for piece in pieces(10.0))


def test_a_little_more_sound_than_picture_stays_in_the_last_segment() -> None:
    assert ends(segments_of(10.4)) == pytest.approx([2, 4, 10.4], abs=PRIMING / RATE)


def test_sound_that_outlasts_the_picture_goes_on_in_segments_of_the_planned_length() -> None:
    assert ends(segments_of(20.0)) == pytest.approx([2, 4, 10.5, 16.5, 20], abs=PRIMING / RATE)


def test_sound_that_ends_early_ends_early() -> None:
    assert ends(segments_of(3.0)) == pytest.approx([2, 3], abs=PRIMING / RATE)


def test_sound_that_starts_late_keeps_its_place() -> None:
    found = segments_of(5.0, start=3 * RATE)
    assert found[0].record.number == 0
    assert found[0].record.start == 3 * RATE
    assert ends(found) == pytest.approx([4, 8], abs=PRIMING / RATE)


def test_no_sound_at_all_is_refused() -> None:
    maker = AudioSegmenter(plan_with(segments=SEGMENTS), RATE)
    with pytest.raises(OutputMismatch, match="no sound"):
        list(maker.finish())


def test_a_film_that_starts_before_zero_has_the_same_grid() -> None:
    plan = plan_with(segments=[(0, -50, 0), (1, 0, 50)], origin=Fraction(-2))
    maker = AudioSegmenter(plan, RATE)
    found = [segment for piece in pieces(4.0) for segment in maker.take(piece)] + list(maker.finish())
    assert ends(found) == pytest.approx([2, 4], abs=PRIMING / RATE)
