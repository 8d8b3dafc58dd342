"""Whether sound can be a voice at all, told from tones, music and noise before anybody listens for words.

A voice goes from vowels to hisses and back several times a second, so the share of each band of its sound moves by
ten decibels; in tones it stands still, and in music and noise it moves by one to three.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from marquee.speech.levels import STEP

_WINDOW = 512
_EDGES = (3, 8, 16, 32, 64, 128, 256)  # bands of an octave each, from 100 Hz to 8 kHz, in lines of the spectrum
_AUDIBLE_DB = 35.0  # below the loudest window: not looked at
_LEAST_SHARE_DB = -40.0
_PIECE_WINDOWS = 30
_PIECE_STEPS = _PIECE_WINDOWS * _WINDOW // STEP  # of 10 ms; about a second
_LEAST_WINDOWS = 10
_MOVING_DB = 4.5  # nearly every two seconds of a voice; of most music none
_STILL_DB = 3.5  # less than any voice, be it in noise; more than noise, applause, drums and chords


@dataclass(frozen=True, slots=True)
class Voice:
    """How much each two seconds move: those that begin with piece 0, 1, … of about a second. NaN: too little sound."""

    moved: NDArray[np.float64]

    @property
    def share(self) -> float:
        """The share (0..1) of spans with sound in which it moves as a voice's does."""
        looked = self.moved[~np.isnan(self.moved)]
        return float((looked >= _MOVING_DB).mean()) if len(looked) else 0.0

    def within(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts of `[start, end)` in which somebody may speak; all in steps of 10 ms.

        A word that stands alone is too short to be told from anything, so it may be one.
        """
        begun: int | None = None
        for piece in range(start // _PIECE_STEPS, (end - 1) // _PIECE_STEPS + 1):
            here = max(start, piece * _PIECE_STEPS)
            if self._may_be(piece):
                begun = here if begun is None else begun
            elif begun is not None:
                yield begun, here
                begun = None
        if begun is not None:
            yield begun, end

    def _may_be(self, piece: int) -> bool:
        around = self.moved[max(0, piece - 1) : piece + 1]
        return not len(around) or bool((np.isnan(around) | (around >= _STILL_DB)).any())


def voice_of(samples: NDArray[np.int16]) -> Voice:
    """Listens to 16 kHz sound for what moves as a voice does."""
    shares, loudness = _band_shares(samples)
    if not len(loudness):
        return Voice(np.empty(0))
    audible = loudness > loudness.max() - _AUDIBLE_DB
    moved = []
    for start in range(0, max(1, len(loudness) - _PIECE_WINDOWS), _PIECE_WINDOWS):
        span = slice(start, start + 2 * _PIECE_WINDOWS)
        heard = shares[span][audible[span]]
        moved.append(float(heard.std(axis=0).mean()) if len(heard) >= _LEAST_WINDOWS else np.nan)
    return Voice(np.array(moved))


def _band_shares(samples: NDArray[np.int16]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each window: decibels of each band relative to all, and decibels of all."""
    windows = samples[: len(samples) // _WINDOW * _WINDOW].reshape(-1, _WINDOW) * np.hanning(_WINDOW)
    power = np.abs(np.fft.rfft(windows)) ** 2 + 1e-3
    bands = np.stack([power[:, low:high].sum(axis=1) for low, high in pairwise(_EDGES)], axis=1)
    whole = bands.sum(axis=1)
    shares = 10 * np.log10(bands / whole[:, None])
    return np.clip(shares, _LEAST_SHARE_DB, 0.0), 10 * np.log10(whole)
