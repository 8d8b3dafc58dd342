"""What listens to speech, whoever it is: sound in, words with times out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from marquee.domain.errors import PermanentError
from marquee.domain.speech import SpeechSource, Word

OnFraction = Callable[[float], None]


class ProviderGarbage(PermanentError):
    """A listener answered, and what it said cannot be words of this sound."""

    code = "provider_garbage"


class LanguageNotSupported(PermanentError):
    """The listener does not know the film's language."""

    code = "language_not_supported"


@dataclass(frozen=True, slots=True)
class Heard:
    """Words in order; times in seconds from the sound's own beginning. `language` as RFC 5646."""

    words: tuple[Word, ...]
    language: str
    cpu_seconds: float = 0.0


class SpeechToText(Protocol):
    """One listener. `source` names it; what it hears is a `draft` when nobody should take it for the truth."""

    @property
    def source(self) -> SpeechSource: ...

    @property
    def draft(self) -> bool: ...

    def check_language(self, language: str | None) -> None:
        """Raises `LanguageNotSupported` for a language that it does not know; None: nobody knows which it is."""
        ...

    def hear(self, pcm: bytes, *, language: str | None, text: Sequence[str], on_fraction: OnFraction) -> Heard:
        """The words in `pcm` (16 kHz, mono, 16 bit). `text`: the words spoken in the whole film, when its owner says
        which (`spoken_words.spoken`), else empty; `on_fraction` is told how much (0..1) is done.

        Raises ProviderGarbage or another PermanentError when trying again cannot help, TransientError when it may.
        """
        ...


def checked(heard: Heard, duration_seconds: float) -> Heard:
    """The words held against the sound: in order, within it, apart. Raises ProviderGarbage for what cannot be."""
    at = 0.0
    words = []
    for word in heard.words:
        if not (word.text.strip() and 0 <= word.start_seconds <= word.end_seconds <= duration_seconds + 1):
            raise ProviderGarbage("The listener gave words that are not within the sound.")
        # Neighbours may touch by a frame; more than that and the order is wrong.
        start = max(at, word.start_seconds)
        if start > word.start_seconds + 0.5:
            raise ProviderGarbage("The listener gave words that are not in order.")
        at = max(start, min(word.end_seconds, duration_seconds))
        words.append(word.model_copy(update={"start_seconds": round(start, 3), "end_seconds": round(at, 3)}))
    return Heard(tuple(words), heard.language, heard.cpu_seconds)
