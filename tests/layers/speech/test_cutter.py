"""Sound is cut between words, silence and music are left out, and no sample of speech is lost or moved."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from marquee.speech.cutter import LONGEST_SECONDS, Cut, SpeechCutter
from marquee.speech.levels import levels_of, speaking_level, utterances
from marquee.speech.voice import voice_of

from tests.layers.speech.sounds import RATE, Sound, beeps, chords, drums, noise, silence, tone
from tests.speech_films import SpokenWord, spoken_sound


def cuts_of(sound: Sound, *, piece_bytes: int = 100_001) -> list[Cut]:
    """Fed in pieces that end in the middle of samples, as pipes give them."""
    cutter, pcm = SpeechCutter(), sound.tobytes()

    def cuts() -> Iterator[Cut]:
        for at in range(0, len(pcm), piece_bytes):
            yield from cutter.feed(pcm[at : at + piece_bytes])
        yield from cutter.finish()

    found = list(cuts())
    assert cutter.seconds == pytest.approx(len(sound) / RATE, abs=1 / RATE)
    return found


def speech(times: int = 1, voice: str = "slt") -> tuple[Sound, list[SpokenWord]]:
    """The story told `times` times, one after another."""
    pcm, words = spoken_sound(voice)
    one = np.frombuffer(pcm, dtype=np.int16)
    length = len(one) / RATE
    told = [
        SpokenWord(w.text, w.start_seconds + n * length, w.end_seconds + n * length)
        for n in range(times)
        for w in words
    ]
    return np.tile(one, times), told


def test_chunks_hold_the_sound_of_their_times() -> None:
    sound, _ = speech(4)
    for cut in cuts_of(sound):
        first = round(cut.start_seconds * RATE)
        assert sound[first : first + len(cut.pcm) // 2].tobytes() == cut.pcm
        assert cut.end_seconds - cut.start_seconds == pytest.approx(len(cut.pcm) / 2 / RATE, abs=0.001)


def test_every_word_is_whole_within_one_chunk() -> None:
    sound, words = speech(4)
    cuts = cuts_of(sound)
    assert len(cuts) > 1
    for word in words:
        assert any(c.start_seconds <= word.start_seconds and word.end_seconds <= c.end_seconds for c in cuts), word


def test_chunks_are_in_order_apart_and_not_too_long() -> None:
    cuts = cuts_of(speech(6)[0])
    assert all(cut.end_seconds - cut.start_seconds <= LONGEST_SECONDS for cut in cuts)
    assert all(a.end_seconds <= b.start_seconds for a, b in itertools.pairwise(cuts))


def test_speech_without_a_pause_is_cut_all_the_same() -> None:
    told = speech(5)[0]
    loud = levels_of(told) > speaking_level(levels_of(told))
    breathless = told[: len(loud) * 160].reshape(-1, 160)[loud].reshape(-1)
    cuts = cuts_of(breathless)
    assert sum(len(cut.pcm) for cut in cuts) >= 0.99 * len(breathless) * 2


def test_silence_around_and_between_speech_is_left_out() -> None:
    told, _ = speech()
    sound = np.concatenate([silence(100), told, silence(200), told, silence(50)])
    cuts = cuts_of(sound)
    assert sum(cut.end_seconds - cut.start_seconds for cut in cuts) < 2 * len(told) / RATE + 2
    assert cuts[0].start_seconds > 100


@pytest.mark.parametrize("make", [silence, tone, beeps, chords, drums, noise], ids=lambda make: make.__name__)
def test_what_is_no_voice_makes_no_chunk(make: Callable[[float], Sound]) -> None:
    assert cuts_of(make(100.0)) == []


@pytest.mark.parametrize("voice", ["slt", "rms", "awb", "kal16"])
def test_a_voice_is_one_also_over_music_and_noise(voice: str) -> None:
    told = speech(voice=voice)[0].astype(np.int32)
    seconds = len(told) / RATE
    assert voice_of(told.astype(np.int16)).share > 0.8
    over_music = (told * 0.8 + chords(seconds)[: len(told)] * 0.2).astype(np.int16)
    assert voice_of(over_music).share > 0.3
    assert len(cuts_of(over_music)) == 1
    assert len(cuts_of((told * 0.8 + noise(seconds, 300.0)[: len(told)]).astype(np.int16))) == 1


def test_utterances_are_the_sentences() -> None:
    sound, words = speech()
    spans = utterances(levels_of(sound))
    assert all(any(a <= 100 * w.start_seconds and 100 * w.end_seconds <= b + 1 for a, b in spans) for w in words)
    assert all(b - a < 600 for a, b in spans)


def test_a_long_utterance_is_parted_at_a_quiet_place() -> None:
    spans = utterances(levels_of(tone(70.0)))
    assert len(spans) > 1
    assert all(b - a <= 3030 for a, b in spans)
    assert spans[-1][1] == 7000


@pytest.mark.parametrize("length", [0, 1, 159, 160])
def test_almost_no_sound_is_no_speech(length: int) -> None:
    assert cuts_of(np.ones(length, dtype=np.int16)) == []
    assert utterances(levels_of(np.ones(length, dtype=np.int16))) == []
