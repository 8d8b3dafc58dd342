"""Sound that nobody speaks: tones, chords, drums, noise. 16 kHz, mono, 16 bit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
Sound = NDArray[np.int16]


def silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), dtype=np.int16)


def tone(seconds: float, frequency: float = 440.0, level: float = 8000.0) -> Sound:
    return (level * np.sin(2 * np.pi * frequency * _clock(seconds))).astype(np.int16)


def beeps(seconds: float) -> Sound:
    clock = _clock(seconds)
    return (tone(seconds, level=4000) + (clock % 1 < 0.05) * tone(seconds, 1760, 4000)).astype(np.int16)


def chords(seconds: float) -> Sound:
    """Two struck chords a second, five harmonics a note."""
    clock, sound = _clock(seconds), np.zeros(round(seconds * RATE))
    for number in range(round(seconds * 2)):
        now = (clock >= number / 2) & (clock < (number + 1) / 2)
        since = clock[now] - number / 2
        for note in ((220, 277, 330), (196, 247, 294), (262, 330, 392))[number % 3]:
            for harmonic in range(1, 6):
                sound[now] += np.sin(2 * np.pi * note * harmonic * since) / harmonic * np.exp(-3 * since)
    return (sound / np.abs(sound).max() * 12_000).astype(np.int16)


def noise(seconds: float, level: float = 2000.0) -> Sound:
    return (np.random.default_rng(1).normal(size=round(seconds * RATE)) * level).astype(np.int16)


def drums(seconds: float) -> Sound:
    return np.clip(noise(seconds, 8000.0) * np.exp(-(_clock(seconds) % 0.25) * 30), -32_000, 32_000).astype(np.int16)


def melody(seconds: float) -> Sound:
    """Three plucked notes a second, any of an octave."""
    clock, sound = _clock(seconds), np.zeros(round(seconds * RATE))
    for number, step in enumerate(np.random.default_rng(3).integers(0, 12, size=round(seconds * 3))):
        now = (clock >= number / 3) & (clock < (number + 1) / 3)
        since = clock[now] - number / 3
        for harmonic in range(1, 7):
            sound[now] += np.sin(2 * np.pi * 220 * 2 ** (step / 12) * harmonic * since) / harmonic * np.exp(-2 * since)
    return (sound / np.abs(sound).max() * 12_000).astype(np.int16)


def song(seconds: float) -> Sound:
    """All of a band."""
    return (drums(seconds) // 3 + melody(seconds) // 2 + chords(seconds) // 3).astype(np.int16)


def _clock(seconds: float) -> NDArray[np.float64]:
    return np.arange(round(seconds * RATE)) / RATE
