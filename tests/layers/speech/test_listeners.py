"""Whisper by its interface, Amazon Transcribe by its answers, and what is believed of either."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from marquee.domain.speech import Transcript, Word
from marquee.speech.hearing import Heard, ProviderGarbage, checked
from marquee.speech.listeners import listener_of
from marquee.speech.merge import later, merge_words, without_noise
from marquee.speech.sphinx import Sphinx
from marquee.speech.transcribe_json import read_transcribe
from marquee.speech.whisper import NoModel, Whisper


@dataclass
class Said:
    word: str
    start: float
    end: float
    probability: float = 0.9


@dataclass
class Segment:
    words: list[Said] | None
    end: float = 1.0
    no_speech_prob: float = 0.1


@dataclass
class Info:
    language: str = "fr"


@dataclass
class Model:
    """The outside of `faster_whisper.WhisperModel`, as its version 1 has it."""

    segments: list[Any]
    asked: dict[str, Any] = field(default_factory=dict)

    def transcribe(self, audio: np.typing.NDArray[np.float32], **options: Any) -> tuple[Any, Info]:
        self.asked = {"seconds": len(audio) / 16_000, "peak": float(np.abs(audio).max()), **options}
        return iter(self.segments), Info()


def whisper(model: Model, tmp_path: Path) -> Whisper:
    return Whisper(tmp_path, lambda path: model)


def hear(listener: Whisper, language: str | None = None, text: tuple[str, ...] = ()) -> Heard:
    sound = np.full(32_000, 16_384, dtype=np.int16).tobytes()
    return listener.hear(sound, language=language, text=text, on_fraction=lambda _: None)


def test_whispers_words_are_told_with_their_times_and_the_language_it_found(tmp_path: Path) -> None:
    model = Model([Segment([Said(" Bonjour", 0.1, 0.6), Said(" tous.", 0.6, 1.0, 1.2)])])
    heard = hear(whisper(model, tmp_path))
    assert [(w.text, w.start_seconds, w.end_seconds, w.confidence) for w in heard.words] == [
        ("Bonjour", 0.1, 0.6, 0.9),
        ("tous.", 0.6, 1.0, 1.0),
    ]
    assert heard.language == "fr"
    assert model.asked["word_timestamps"] is True
    assert (model.asked["seconds"], model.asked["peak"]) == (2.0, 0.5)


def test_whisper_is_told_the_language_where_it_is_known_and_never_prompted(tmp_path: Path) -> None:
    model = Model([])
    heard = hear(whisper(model, tmp_path), "pt-BR", ("bom", "dia"))
    assert model.asked["language"] == "pt"
    assert "initial_prompt" not in model.asked
    assert heard.language == "pt-BR"


def test_what_whisper_itself_takes_for_silence_holds_no_words(tmp_path: Path) -> None:
    model = Model([Segment([Said("Thanks for watching!", 0, 1)], no_speech_prob=0.95), Segment(None)])
    assert hear(whisper(model, tmp_path)).words == ()


def test_an_answer_of_another_shape_is_garbage(tmp_path: Path) -> None:
    with pytest.raises(ProviderGarbage):
        hear(whisper(Model(["text"]), tmp_path))


@pytest.mark.parametrize("path", [None, Path("/nowhere/at/all")])
def test_without_its_model_whisper_says_so(path: Path | None) -> None:
    with pytest.raises(NoModel):
        hear(Whisper(path, lambda path: Model([])))


def item(content: str, start: str | None = None, end: str | None = None, confidence: str = "0.98") -> dict[str, Any]:
    """As Amazon Transcribe writes it: numbers are strings, punctuation has no time and no confidence."""
    if start is None:
        return {"type": "punctuation", "alternatives": [{"confidence": "0.0", "content": content}]}
    alternatives = [{"confidence": confidence, "content": content}]
    return {"type": "pronunciation", "alternatives": alternatives, "start_time": start, "end_time": end}


def answer(items: list[dict[str, Any]], **more: Any) -> bytes:
    results = {"transcripts": [{"transcript": "…"}], "items": items, **more}
    return json.dumps({"jobName": "job_1", "accountId": "1", "status": "COMPLETED", "results": results}).encode()


def test_transcribes_words_carry_their_punctuation_and_the_language_found() -> None:
    items = [item("Hello", "0.5", "0.9"), item(","), item("world", "0.9", "1.4", "0.51"), item("!")]
    heard = read_transcribe(answer(items, language_code="en-GB"))
    assert [(w.text, w.start_seconds, w.end_seconds, w.confidence) for w in heard.words] == [
        ("Hello,", 0.5, 0.9, 0.98),
        ("world!", 0.9, 1.4, 0.51),
    ]
    assert heard.language == "en-GB"


def test_a_film_in_which_transcribe_heard_nothing_has_no_words() -> None:
    assert read_transcribe(answer([]), language="en").words == ()


@pytest.mark.parametrize(
    "body",
    [b"", b"<Error/>", b"{}", b'{"results": {"items": [{}]}}', answer([item("Hello", "0.5")]), answer([{"type": "x"}])],
)
def test_what_transcribe_never_writes_is_garbage(body: bytes) -> None:
    with pytest.raises(ProviderGarbage):
        read_transcribe(body)


def heard_words(*times: tuple[float, float]) -> tuple[Word, ...]:
    return tuple(Word(text=f"w{n}", start_seconds=a, end_seconds=b) for n, (a, b) in enumerate(times))


def test_words_that_touch_a_little_are_put_apart() -> None:
    words = checked(Heard(heard_words((0.0, 1.0), (0.9, 2.2)), "en"), 2.0).words
    assert [(w.start_seconds, w.end_seconds) for w in words] == [(0.0, 1.0), (1.0, 2.0)]


@pytest.mark.parametrize(
    "times",
    [((-1.0, 1.0),), ((1.0, 0.5),), ((5.0, 9.0),), ((3.0, 4.0), (0.0, 1.0)), ((float("nan"), 1.0),)],
)
def test_words_that_cannot_be_of_the_sound_are_garbage(times: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ProviderGarbage):
        checked(Heard(heard_words(*times), "en"), 5.0)


def test_a_word_that_two_chunks_heard_at_their_edge_is_kept_once() -> None:
    first, second = heard_words((0, 1), (1, 2)), later(heard_words((0, 0.3), (0.3, 1)), 1.6)
    merged = merge_words([first, second], 60)
    assert [(w.text, w.start_seconds, w.end_seconds) for w in merged] == [("w0", 0, 1), ("w1", 1, 2), ("w1", 2, 2.6)]


def test_words_after_the_films_end_are_left_out() -> None:
    merged = merge_words([heard_words((0, 1), (4.5, 6), (6, 7))], 5.0)
    assert [(w.start_seconds, w.end_seconds) for w in merged] == [(0, 1), (4.5, 5.0)]


def test_a_chunk_in_which_a_draft_was_never_sure_is_music() -> None:
    chunk = Transcript(language="en", source="sphinx", draft=True, words=heard_words((0, 1)), confidence=0.2)
    sure = chunk.model_copy(update={"confidence": 0.6})
    final = chunk.model_copy(update={"draft": False})
    assert without_noise([chunk, sure, final]) == (sure, final)


def test_each_environment_has_its_listener(tmp_path: Path) -> None:
    assert isinstance(listener_of("sphinx", scratch=tmp_path), Sphinx)
    assert isinstance(listener_of("whisper", model_path=tmp_path), Whisper)
    assert listener_of("transcribe") is None
