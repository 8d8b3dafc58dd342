"""Sound of a telephone's width: known as such, and widened by what its own bands let one guess."""

from __future__ import annotations

import numpy as np
import pytest
from marquee.speech.narrow_band import EDGE_HZ, band_levels, first_missing, is_narrow, spectrum_of, widened
from numpy.typing import NDArray

from tests.layers.speech.sounds import RATE, noise, silence
from tests.speech_films import STORY, spoken_sound

Sound = NDArray[np.int16]
PIECE = STORY[3:6]


def said(voice: str) -> Sound:
    return np.frombuffer(spoken_sound(voice, PIECE)[0], dtype=np.int16)


def without_highs(sound: Sound, hertz: float = 3950.0) -> Sound:
    spectrum = np.fft.rfft(sound)
    spectrum[np.fft.rfftfreq(len(sound), 1 / RATE) > hertz] = 0
    return np.fft.irfft(spectrum, len(sound)).clip(-32_767, 32_767).astype(np.int16)


@pytest.mark.parametrize("level", [1.0, 0.1])
def test_a_voice_of_four_kilohertz_is_narrow_however_soft(level: float) -> None:
    assert is_narrow((said("kal") * level).astype(np.int16))
    assert is_narrow((without_highs(said("slt")) * level).astype(np.int16))


@pytest.mark.parametrize("voice", ["slt", "rms", "awb", "kal16"])
def test_a_voice_with_its_hisses_is_not_narrow(voice: str) -> None:
    assert not is_narrow(said(voice))
    assert not is_narrow((said(voice) * 0.1).astype(np.int16))


@pytest.mark.parametrize(
    "sound", [silence(0), silence(0.001), silence(1), noise(1)], ids=["none", "bit", "still", "noise"]
)
def test_where_nothing_is_missing_nothing_is_narrow(sound: Sound) -> None:
    assert not is_narrow(sound)


@pytest.mark.parametrize("voice", ["kal16", "slt"])
def test_the_missing_bands_come_near_to_what_they_were(voice: str) -> None:
    wide = said(voice)
    narrow = without_highs(wide)
    true, cut, guessed = (
        band_levels(spectrum_of(one.astype(np.float64)))[:, first_missing() :]
        for one in (wide, narrow, widened(narrow))
    )
    loud = true.mean(axis=1) > true.mean(axis=1).max() - 6
    assert np.abs(guessed - true)[loud].mean() < 0.5 * np.abs(cut - true)[loud].mean()


def test_what_was_there_stays_as_it_was() -> None:
    narrow = without_highs(said("slt"), EDGE_HZ - 100)
    again = without_highs(widened(narrow), EDGE_HZ - 100)
    assert len(again) == len(narrow)
    assert np.abs(again.astype(int) - narrow.astype(int)).max() < 0.02 * np.abs(narrow.astype(int)).max()


@pytest.mark.parametrize("length", [0, 1, 500, 513])
def test_almost_no_sound_is_widened_to_as_much(length: int) -> None:
    assert len(widened(np.ones(length, dtype=np.int16))) == length
