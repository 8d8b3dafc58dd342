"""The local listener's child: confined, watched, and believed only where its answer can be true."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from marquee.domain.errors import TransientError
from marquee.speech.hearing import LanguageNotSupported, ProviderGarbage
from marquee.speech.levels import samples_of
from marquee.speech.sphinx import Sphinx
from marquee.speech.sphinx_child import HeardWord, Listener
from marquee.speech.spoken_words import spoken
from marquee.speech.voice import voice_of

from tests.layers.speech.sounds import RATE, chords, drums, noise, song
from tests.speech_films import EVERYDAY, STORY, SpokenWord, plain, spoken_sound, words_right

PIECE = STORY[3:6]


def stand_in(tmp_path: Path, code: str) -> Sphinx:
    """A child that does `code` instead of listening; `out` is where it writes its answer."""
    program = tmp_path / "child.py"
    program.write_text(f"import os, sys, time\nout = int(sys.argv[1].removeprefix('pipe:'))\n{code}\n")
    return Sphinx(tmp_path, (sys.executable, str(program)))


def hear(listener: Sphinx, pcm: bytes = bytes(32_000), text: tuple[str, ...] = ()) -> list[str]:
    heard = listener.hear(pcm, language=None, text=text, on_fraction=lambda _: None)
    return [word.text for word in heard.words]


def test_words_come_back_from_the_child_with_its_cpu_seconds_and_progress(tmp_path: Path) -> None:
    pcm, truth = spoken_sound("rms", PIECE)
    told: list[float] = []
    heard = Sphinx(tmp_path).hear(pcm, language="en-GB", text=(), on_fraction=told.append)
    assert len(words_right(truth, [plain(word.text) for word in heard.words])) >= 0.8 * len(truth)
    assert heard.cpu_seconds > 0
    assert heard.language == "en"
    assert told == sorted(told)
    assert told[-1] <= 1.0
    assert list(tmp_path.iterdir()) == []


def test_known_words_come_back_all(tmp_path: Path) -> None:
    pcm, _ = spoken_sound("slt", PIECE)
    known = tuple(word for sentence in PIECE for token in sentence.split() for word in spoken(token))
    assert hear(Sphinx(tmp_path), pcm, known) == list(known)


def free(sound: np.typing.NDArray[np.int16], tmp_path: Path) -> list[HeardWord]:
    """All that is heard in a sound of which nothing is known."""
    return Listener(sound.tobytes(), (), tmp_path).words()


def share_right(truth: tuple[SpokenWord, ...], heard: list[HeardWord]) -> float:
    return len(words_right(truth, [word.text for word in heard])) / len(truth)


def test_a_voice_of_four_kilohertz_is_understood_too(tmp_path: Path) -> None:
    pcm, truth = spoken_sound("kal", EVERYDAY)
    assert share_right(truth, free(samples_of(pcm), tmp_path)) >= 0.8


@pytest.mark.parametrize("make", [chords, noise, drums], ids=lambda make: make.__name__)
def test_what_follows_the_words_without_a_pause_holds_none(
    make: Callable[[float], np.typing.NDArray[np.int16]], tmp_path: Path
) -> None:
    pcm, truth = spoken_sound("slt", EVERYDAY[:2])
    heard = free(np.concatenate([samples_of(pcm)[: -RATE // 2], make(8.0)]), tmp_path)
    assert share_right(truth, heard) >= 0.7
    assert heard[-1].end < 100 * truth[-1].end_seconds + 200


def test_words_over_quiet_music_are_heard(tmp_path: Path) -> None:
    pcm, truth = spoken_sound("rms", EVERYDAY[:3])
    told = samples_of(pcm)
    music = chords(len(told) / RATE + 1)[: len(told)] // 20
    assert share_right(truth, free(np.clip(told + music, -32_000, 32_000), tmp_path)) >= 0.6


@pytest.mark.parametrize("sound", [drums(3.0), noise(3.0), chords(5.0)], ids=["drums", "noise", "chords"])
def test_noise_and_music_hold_no_words(sound: np.typing.NDArray[np.int16], tmp_path: Path) -> None:
    assert free(sound, tmp_path) == []


def test_a_bands_beat_is_not_taken_for_the_same_words_again_and_again(tmp_path: Path) -> None:
    assert voice_of(song(8.0)).share > 0.5
    assert free(song(8.0), tmp_path) == []


def test_a_text_that_is_not_said_is_not_heard_although_nothing_else_is_known(tmp_path: Path) -> None:
    pcm, _ = spoken_sound("slt", PIECE)
    other = ("dragons", "and", "kings", "lived", "in", "the", "castle", "where", "snow", "never", "melted") * 3
    assert len(hear(Sphinx(tmp_path), pcm, other)) < 0.3 * len(other)


@pytest.mark.parametrize("language", ["en", "en-US", "EN-gb", None])
def test_english_and_the_unknown_are_listened_to(language: str | None) -> None:
    Sphinx().check_language(language)


def test_another_language_is_refused_with_its_name() -> None:
    with pytest.raises(LanguageNotSupported, match="de-AT"):
        Sphinx().check_language("de-AT")


@pytest.mark.parametrize(
    "answer",
    [b"", b"no json", b"[]", b'{"words": 3}', b'{"words": [["a", 1]]}', b'{"words": [["a", "x", 2, 1]]}'],
)
def test_an_answer_that_cannot_be_read_is_garbage(answer: bytes, tmp_path: Path) -> None:
    with pytest.raises(ProviderGarbage):
        hear(stand_in(tmp_path, f"os.write(out, {answer!r})"))


def test_a_child_that_does_not_stop_talking_is_ended(tmp_path: Path) -> None:
    with pytest.raises(ProviderGarbage):
        hear(stand_in(tmp_path, "while True: os.write(out, b'x' * 65536)"))


def test_a_child_that_is_killed_may_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(TransientError):
        hear(stand_in(tmp_path, "os.kill(os.getpid(), 9)"))


def test_a_child_that_breaks_down_may_be_tried_again_and_its_words_stay_in_the_log(tmp_path: Path) -> None:
    with pytest.raises(TransientError) as caught:
        hear(stand_in(tmp_path, "raise SystemExit('secret words')"))
    assert "secret" not in caught.value.message


def test_the_child_gets_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s3cret")
    code = "import json; os.write(out, json.dumps({'words': [[name, 0, 1, 1] for name in os.environ]}).encode())"
    assert "AWS_SECRET_ACCESS_KEY" not in hear(stand_in(tmp_path, code))
