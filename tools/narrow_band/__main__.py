"""`python -m tools.narrow_band`: teach the network that widens narrow sound, and write its numbers beside it.

The teachers are the four voices of flite that have 8 kHz, each also a little higher and lower, against themselves
without what is above 4 kHz. Its voice of 4 kHz (`kal`, the speaker of `kal16`) is left for testing.
The same numbers come out each time on the same machine; another one may round otherwise.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# What is taught is what the service runs.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers" / "marquee" / "python"))

import numpy as np
from marquee.speech.levels import RATE
from marquee.speech.narrow_band import LAYERS, NUMBERS, band_levels, first_missing, known_inputs, spectrum_of
from numpy.typing import NDArray

from tools.narrow_band.texts import SENTENCES

VOICES = ("awb", "kal16", "rms", "slt")
PITCHES = (0.9, 1.0, 1.1)
CUT_HZ = 3950.0
PAUSE_SECONDS = 0.3
LOUD = 9.0  # natural logarithms of power: what is softer than the loudest by more is a pause
NEURONS, EPOCHS, BATCH, LEARNING, DECAY = 48, 8, 256, 3e-3, 1e-4

Floats = NDArray[np.float64]


@dataclass
class Adam:
    """The usual way down: steps as long as the slope has been steady."""

    numbers: list[Floats]

    def __post_init__(self) -> None:
        self.mean = [np.zeros_like(one) for one in self.numbers]
        self.square = [np.zeros_like(one) for one in self.numbers]
        self.steps = 0

    def step(self, slopes: list[Floats], rate: float) -> None:
        self.steps += 1
        for number, slope in enumerate(slopes):
            self.mean[number] = 0.9 * self.mean[number] + 0.1 * slope
            self.square[number] = 0.999 * self.square[number] + 0.001 * slope**2
            mean = self.mean[number] / (1 - 0.9**self.steps)
            square = self.square[number] / (1 - 0.999**self.steps)
            self.numbers[number] -= rate * mean / (np.sqrt(square) + 1e-8)


def speech(voice: str) -> Floats:
    """All sentences, spoken."""
    flite = shutil.which("flite")
    if flite is None:
        raise SystemExit("Teaching needs flite: apt-get install flite")
    parts = []
    for sentence in SENTENCES:
        command = [flite, "-voice", voice, "-t", sentence, "-o", "/dev/stdout"]
        body = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
        parts += [np.frombuffer(body[44 : len(body) - len(body) % 2], "<i2"), np.zeros(int(PAUSE_SECONDS * RATE))]
    return np.concatenate(parts).astype(np.float64)


def lesson(sound: Floats, pitch: float) -> tuple[Floats, Floats]:
    """What is known of each loud moment of the narrow sound, and how loud the missing bands are in the wide one."""
    moved = np.interp(np.arange(0, len(sound) - 1, pitch), np.arange(len(sound)), sound)
    wide = spectrum_of(moved)
    narrow = wide.copy()
    narrow[:, int(CUT_HZ / (RATE / 2) * (wide.shape[1] - 1)) + 1 :] = 0
    bands = band_levels(wide)
    known, level = known_inputs(band_levels(narrow))
    loudness = bands[:, : first_missing()].max(axis=1)
    loud = loudness > loudness.max() - LOUD
    return known[loud], (bands[:, first_missing() :] - level)[loud]


def teach(known: Floats, missing: Floats) -> dict[str, Floats]:
    """The numbers of a network with one hidden layer whose guesses are nearest, on the mean, to what was missing."""
    random = np.random.default_rng(0)
    mean, deviation = known.mean(axis=0), known.std(axis=0) + 1e-3
    middle, spread = missing.mean(axis=0), missing.std(axis=0)
    given, wanted = (known - mean) / deviation, (missing - middle) / spread
    inner = random.normal(size=(given.shape[1], NEURONS)) / np.sqrt(given.shape[1])
    outer = random.normal(size=(NEURONS, wanted.shape[1])) * 0.1
    way = Adam([inner, np.zeros(NEURONS), outer, np.zeros(wanted.shape[1])])
    for epoch in range(EPOCHS):
        rate = LEARNING * (0.5 + 0.5 * np.cos(np.pi * epoch / EPOCHS))
        for some in np.array_split(random.permutation(len(given)), len(given) // BATCH):
            way.step(_slopes(way.numbers, given[some], wanted[some]), rate)
    inner, inner_bias, outer, outer_bias = way.numbers
    return dict(
        zip(LAYERS, (mean, deviation, inner, inner_bias, outer * spread, outer_bias * spread + middle), strict=True)
    )


def _slopes(numbers: list[Floats], given: Floats, wanted: Floats) -> list[Floats]:
    inner, inner_bias, outer, outer_bias = numbers
    hidden = np.tanh(given @ inner + inner_bias)
    wrong = 2 * (hidden @ outer + outer_bias - wanted) / len(given)
    back = wrong @ outer.T * (1 - hidden**2)
    return [given.T @ back + DECAY * inner, back.sum(axis=0), hidden.T @ wrong, wrong.sum(axis=0)]


def main() -> int:
    lessons = [lesson(sound, pitch) for sound in map(speech, VOICES) for pitch in PITCHES]
    numbers = teach(*(np.concatenate(part) for part in zip(*lessons, strict=True)))
    np.savez(NUMBERS, **{name: value.astype(np.float16) for name, value in numbers.items()})  # type: ignore[arg-type]
    print(f"{NUMBERS.name}: {NUMBERS.stat().st_size} bytes, of {sum(len(known) for known, _ in lessons)} moments")
    return 0


if __name__ == "__main__":
    sys.exit(main())
