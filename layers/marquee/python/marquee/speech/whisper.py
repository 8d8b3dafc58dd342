"""The self-hosted listener: Whisper (faster-whisper, CTranslate2), with a model of the operator's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from marquee.domain.errors import PermanentError
from marquee.domain.speech import SpeechSource, Word
from marquee.speech.hearing import Heard, OnFraction, ProviderGarbage
from marquee.speech.levels import RATE, samples_of

# Above this the model itself believes that nobody speaks.
_MOST_SILENCE = 0.8


class NoModel(PermanentError):
    """The operator has not said where the model lies, or it is not there."""

    code = "speech_model_missing"


@cache
def load_model(path: Path) -> Any:
    """The model in a folder as CTranslate2 converts it; one in a process, it takes gigabytes."""
    from faster_whisper import WhisperModel

    return WhisperModel(str(path), device="auto", compute_type="default", local_files_only=True)


@dataclass(frozen=True, slots=True)
class Whisper:
    """`load` gives the model in `model_path`."""

    model_path: Path | None
    load: Callable[[Path], Any] = load_model
    source: SpeechSource = "whisper"
    draft: bool = False

    def check_language(self, language: str | None) -> None:
        """It knows a hundred, and finds out which one it is."""

    def hear(self, pcm: bytes, *, language: str | None, text: Sequence[str], on_fraction: OnFraction) -> Heard:
        # `text` is left alone: a prompt of other minutes' words is sometimes read out as if it had been heard.
        if self.model_path is None or not self.model_path.is_dir():
            raise NoModel("There is no speech model where MODEL_PATH says.")
        began = time.process_time()
        sound = samples_of(pcm).astype(np.float32) / 32768.0
        segments, info = self.load(self.model_path).transcribe(
            sound,
            language=None if language is None else language.partition("-")[0].lower(),
            word_timestamps=True,
            condition_on_previous_text=False,  # else one wrong sentence is repeated to the end
        )
        words: list[Word] = []
        try:
            for segment in segments:  # it is heard as it is asked for
                words += _words_of(segment)
                on_fraction(min(1.0, float(segment.end) * RATE / max(len(sound), 1)))
            heard = language or str(info.language)
        except (AttributeError, TypeError, ValueError) as error:
            raise ProviderGarbage("The listener's answer cannot be read.") from error
        return Heard(tuple(words), heard, time.process_time() - began)


def _words_of(segment: Any) -> list[Word]:
    if segment.no_speech_prob > _MOST_SILENCE:
        return []
    return [
        Word(
            text=str(word.word).strip(),
            start_seconds=float(word.start),
            end_seconds=float(word.end),
            confidence=min(1.0, max(0.0, float(word.probability))),
        )
        for word in segment.words or ()
        if str(word.word).strip()
    ]
