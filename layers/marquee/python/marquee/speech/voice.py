"""Whether sound can be a voice at all, told from tones, music and noise before anybody listens for words.

A voice goes from vowels to hisses and back several times a second, so the share of each band of its sound moves by
ten decibels; in tones it stands still, and in music and noise it moves by one to three.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from marquee.speech.levels import RATE

_WINDOW = 512
_EDGES = (3, 8, 16, 32, 64, 128, 256)  # bands of an octave each, from 100 Hz to 8 kHz, in lines of the spectrum
_AUDIBLE_DB = 35.0  # below the loudest window: not looked at
_LEAST_SHARE_DB = -40.0
_SPAN_WINDOWS = 2 * RATE // _WINDOW  # two seconds
_LEAST_WINDOWS = 10
_MOVING_DB = 4.5


def voice_share(samples: NDArray[np.int16]) -> float:
    """The share (0..1) of two-second spans with sound in which it moves as a voice's does."""
    shares, loudness = _band_shares(samples)
    if not len(loudness):
        return 0.0
    audible = loudness > loudness.max() - _AUDIBLE_DB
    found = looked = 0
    for start in range(0, len(loudness), _SPAN_WINDOWS):
        heard = shares[start : start + _SPAN_WINDOWS][audible[start : start + _SPAN_WINDOWS]]
        if len(heard) >= _LEAST_WINDOWS:
            looked += 1
            found += bool(heard.std(axis=0).mean() >= _MOVING_DB)
    return found / looked if looked else 0.0


def _band_shares(samples: NDArray[np.int16]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each window: decibels of each band relative to all, and decibels of all."""
    windows = samples[: len(samples) // _WINDOW * _WINDOW].reshape(-1, _WINDOW) * np.hanning(_WINDOW)
    power = np.abs(np.fft.rfft(windows)) ** 2 + 1e-3
    bands = np.stack([power[:, low:high].sum(axis=1) for low, high in pairwise(_EDGES)], axis=1)
    whole = bands.sum(axis=1)
    shares = 10 * np.log10(bands / whole[:, None])
    return np.clip(shares, _LEAST_SHARE_DB, 0.0), 10 * np.log10(whole)
