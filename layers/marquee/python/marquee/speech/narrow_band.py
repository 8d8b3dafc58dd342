"""Sound with nothing above 4 kHz (a telephone, an old voice), widened for a listener that was taught with 8 kHz.

How loud the missing bands are is guessed from the others around each moment by a small network; what fills them is the
band below, mirrored. No word is in it that was not there: it only looks to the listener like what it knows.
`python -m tools.narrow_band` makes the network's numbers.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from marquee.speech.levels import RATE

Samples = NDArray[np.int16]
Floats = NDArray[np.float64]
Spectrum = NDArray[np.complex128]

NUMBERS = Path(__file__).with_suffix(".npz")
LAYERS = ("mean", "deviation", "inner", "inner_bias", "outer", "outer_bias")
EDGE_HZ = 3800.0  # above it nothing is taken from the sound itself
# A wide voice's hisses, a tenth of what it says, have a tenth of their power or more up there; a narrow one's have what
# the filters before it let through, less than a thousandth.
_NARROW_HZ, _NARROW_DB, _HISS_PERCENT = 4300.0, -25.0, 90
_AUDIBLE_DB = 35.0
_WINDOW, _HOP = 512, 128
_SHAPE = np.sqrt(np.hanning(_WINDOW + 1)[:_WINDOW])
_LOWEST_HZ, _HIGHEST_HZ, _BANDS = 130.0, 6800.0, 25  # as the listener's model has them
_AROUND = (-6, -3, -1, 0, 1, 3, 6)  # hops
_SMOOTHED = 9  # lines of the spectrum
_HERTZ = np.arange(_WINDOW // 2 + 1) * RATE / _WINDOW
_LARGEST = 32_767


def is_narrow(samples: Samples) -> bool:
    """Whether even the hisses in the sound have hardly anything above 4.3 kHz. False for silence."""
    power = np.abs(spectrum_of(samples[: len(samples) // _WINDOW * _WINDOW].astype(np.float64))) ** 2 + 1e-3
    whole, high = power.sum(axis=1), power[:, _HERTZ > _NARROW_HZ].sum(axis=1)
    audible = whole > whole.max() * 10 ** (-_AUDIBLE_DB / 10)
    loudest = float(np.percentile(high[audible] / whole[audible], _HISS_PERCENT))
    return bool(10 * np.log10(loudest) < _NARROW_DB)


def widened(samples: Samples) -> Samples:
    """The same sound with a guess of what it had above `EDGE_HZ`."""
    spectrum = spectrum_of(samples.astype(np.float64))
    bands = band_levels(spectrum)
    known, level = known_inputs(bands)
    guessed = _network(known) + level
    lines = np.flatnonzero(_HERTZ > EDGE_HZ)
    spectrum[:, lines] = _mirrored(spectrum, lines) * np.exp(_line_levels(bands, guessed, lines) / 2)
    return np.clip(_sound_of(spectrum, len(samples)), -_LARGEST, _LARGEST).astype(np.int16)


def spectrum_of(samples: Floats) -> Spectrum:
    """One row each 8 ms, half as many lines as `_WINDOW` has samples, and one."""
    rows = len(samples) // _HOP + _WINDOW // _HOP + 1
    padded = np.zeros((rows - 1) * _HOP + _WINDOW)
    padded[_WINDOW // 2 : _WINDOW // 2 + len(samples)] = samples
    spectrum: Spectrum = np.fft.rfft(np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP] * _SHAPE)
    return spectrum


def band_levels(spectrum: Spectrum) -> Floats:
    """Natural logarithms of the power in each band."""
    levels: Floats = np.log(np.abs(spectrum) ** 2 @ _filters().T + 1.0)
    return levels


def known_inputs(bands: Floats) -> tuple[Floats, Floats]:
    """What the network is asked with: the known bands around each row, and the row's own level, taken off all."""
    known = bands[:, : first_missing()]
    level = known.mean(axis=1, keepdims=True)
    rows, most = len(bands), max(_AROUND)
    shapes = np.pad(known - level, ((most, most), (0, 0)), "edge")
    levels = np.pad(level, ((most, most), (0, 0)), "edge")
    around = [shapes[most + at : most + at + rows] for at in _AROUND]
    around += [levels[most + at : most + at + rows] - level for at in _AROUND if at]
    return np.concatenate(around, axis=1), level


@cache
def first_missing() -> int:
    """The first band that a narrow sound does not have whole."""
    return int(np.searchsorted(_edges()[2:], EDGE_HZ, side="right"))


def _network(known: Floats) -> Floats:
    mean, deviation, inner, inner_bias, outer, outer_bias = _numbers()
    guessed: Floats = np.tanh((known - mean) / deviation @ inner + inner_bias) @ outer + outer_bias
    return guessed


@cache
def _numbers() -> tuple[Floats, ...]:
    with np.load(NUMBERS, allow_pickle=False) as stored:
        return tuple(stored[name].astype(np.float64) for name in LAYERS)


@cache
def _edges() -> Floats:
    """Hertz: each band rises from one, is full at the next and falls to the one after it."""
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (_LOWEST_HZ, _HIGHEST_HZ))
    edges: Floats = 700 * (10 ** (np.linspace(low, high, _BANDS + 2) / 2595) - 1)
    return edges


@cache
def _filters() -> Floats:
    edges = _edges()[:, None]
    left, middle, right = edges[:-2], edges[1:-1], edges[2:]
    slopes = np.minimum((_HERTZ - left) / (middle - left), (right - _HERTZ) / (right - middle))
    filters: Floats = np.clip(slopes, 0, None) * 2 / (right - left)
    return filters


def _line_levels(bands: Floats, guessed: Floats, lines: NDArray[np.int_]) -> Floats:
    """The guesses, from band to band, for each line of the spectrum."""
    first = first_missing() - 1
    levels = np.concatenate([bands[:, first : first + 1], guessed], axis=1)
    levels -= np.log(_filters()[first:].sum(axis=1))
    middles = _edges()[1 + first : -1]
    below = np.clip(np.searchsorted(middles, _HERTZ[lines]) - 1, 0, len(middles) - 2)
    way = np.clip((_HERTZ[lines] - middles[below]) / (middles[below + 1] - middles[below]), 0, 1)
    between: Floats = levels[:, below] * (1 - way) + levels[:, below + 1] * way
    return between


def _mirrored(spectrum: Spectrum, lines: NDArray[np.int_]) -> Spectrum:
    """What is as far below the edge as each line is above it, as loud everywhere."""
    found = spectrum[:, np.clip(2 * int(EDGE_HZ / RATE * _WINDOW) - lines, 4, None)]
    power = np.pad(np.abs(found) ** 2 + 1e-9, ((0, 0), (_SMOOTHED // 2, _SMOOTHED // 2)))
    smooth = np.lib.stride_tricks.sliding_window_view(power, _SMOOTHED, axis=1).mean(axis=2)
    even: Spectrum = found / np.sqrt(smooth)
    return even


def _sound_of(spectrum: Spectrum, length: int) -> Floats:
    parts = np.fft.irfft(spectrum) * _SHAPE
    sound = np.zeros((len(parts) - 1) * _HOP + _WINDOW)
    overlap = _WINDOW // _HOP
    for first in range(overlap):
        some = parts[first::overlap].reshape(-1)
        sound[first * _HOP : first * _HOP + len(some)] += some
    return sound[_WINDOW // 2 : _WINDOW // 2 + length] * (2 * _HOP / _WINDOW)
