"""How loud sound is, in steps of 10 ms, and where it is loud enough to be somebody speaking.

Sound is 16 kHz, mono, signed 16-bit little-endian throughout this package.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
BYTES_A_SECOND = 2 * RATE
STEP = RATE // 100  # samples of one step
STEPS_A_SECOND = 100

Levels = NDArray[np.float64]

_QUIETEST_DB = -60.0  # of full scale: what is below is silence in any film
# Speech stands between the noise of its room and its own peaks: this share of the way up is its edge …
_SHARE = 0.35
# … but consonants are this much softer than the peaks, and whatever is this near to them is no pause.
_SOFTEST_DB, _NEAREST_DB = 35.0, 8.0


def samples_of(pcm: bytes | bytearray) -> NDArray[np.int16]:
    """The samples; an odd last byte is left out."""
    return np.frombuffer(bytes(pcm[: len(pcm) // 2 * 2]), dtype="<i2")


def levels_of(samples: NDArray[np.int16]) -> Levels:
    """Decibels of full scale of each whole step; -120 for digital silence."""
    steps = samples[: len(samples) // STEP * STEP].reshape(-1, STEP).astype(np.float64)
    power = (steps**2).mean(axis=1) / 32768.0**2
    quiet: Levels = 10 * np.log10(power + 1e-12)
    return quiet


def speaking_level(levels: Levels) -> float:
    """The level above which a step may be speech, by the noise and the peaks of the sound around it."""
    if not len(levels):
        return _QUIETEST_DB
    floor, peak = (float(value) for value in np.percentile(levels, (10, 95)))
    edge = floor + _SHARE * (peak - floor)
    return max(_QUIETEST_DB, min(max(edge, peak - _SOFTEST_DB), peak - _NEAREST_DB))


def loud_spans(loud: NDArray[np.bool_], *, bridged_steps: int) -> Iterator[tuple[int, int]]:
    """Half-open runs of loud steps; a quiet run no longer than `bridged_steps` between two does not part them."""
    places = np.flatnonzero(loud)
    if not len(places):
        return
    breaks = np.flatnonzero(np.diff(places) > bridged_steps + 1)
    firsts = places[np.concatenate(([0], breaks + 1))]
    lasts = places[np.concatenate((breaks, [len(places) - 1]))]
    for first, last in zip(firsts, lasts, strict=True):
        yield int(first), int(last) + 1


def utterances(
    levels: Levels, *, pause_steps: int = 30, margin_steps: int = 15, most_steps: int = 3000
) -> list[tuple[int, int]]:
    """Spans to be heard one by one, in steps: between pauses, with a little silence around each, none too long.

    Of a longer one without a pause each part ends at the quietest place of its second half.
    """
    loud = levels > speaking_level(levels)
    spans = []
    for start, end in loud_spans(loud, bridged_steps=pause_steps):
        while end - start > most_steps:
            half = start + most_steps // 2
            cut = half + int(np.argmin(levels[half : start + most_steps]))
            spans.append((start, cut))
            start = cut
        spans.append((start, end))
    return [(max(0, start - margin_steps), min(len(levels), end + margin_steps)) for start, end in spans]
