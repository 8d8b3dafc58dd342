"""What Amazon Transcribe writes of a job, read into words. Its times count from the sound's beginning."""

from __future__ import annotations

from pydantic import Field, ValidationError

from marquee.domain.media import Model
from marquee.domain.speech import Word
from marquee.speech.hearing import Heard, ProviderGarbage


class _Alternative(Model):
    content: str
    confidence: float | None = None


class _Item(Model):
    """A spoken word with times, or a punctuation mark without."""

    type: str
    alternatives: tuple[_Alternative, ...] = Field(min_length=1)
    start_time: float | None = None
    end_time: float | None = None


class _Results(Model):
    items: tuple[_Item, ...]
    language_code: str | None = None


class _Answer(Model):
    status: str = "COMPLETED"
    results: _Results


def read_transcribe(body: bytes, *, language: str | None = None) -> Heard:
    """The words with their punctuation. `language`: what was asked for, where the answer does not say what it found.

    Raises ProviderGarbage when it is nothing that Transcribe writes.
    """
    try:
        answer = _Answer.model_validate_json(body)
    except ValidationError as error:
        raise ProviderGarbage("The answer of Amazon Transcribe cannot be read.") from error
    words: list[Word] = []
    for item in answer.results.items:
        if item.type == "punctuation":
            _punctuate(words, item.alternatives[0].content)
        else:
            words.append(_word(item))
    return Heard(tuple(words), answer.results.language_code or language or "und")


def _word(item: _Item) -> Word:
    best = item.alternatives[0]
    if item.start_time is None or item.end_time is None or not best.content.strip():
        raise ProviderGarbage("Amazon Transcribe gave a word without its time.")
    return Word(text=best.content, start_seconds=item.start_time, end_seconds=item.end_time, confidence=best.confidence)


def _punctuate(words: list[Word], mark: str) -> None:
    if words:
        words[-1] = words[-1].model_copy(update={"text": words[-1].text + mark})
