"""What is said in a film, and how it is found out.

All times are seconds on the player's timeline: 0 is where the output begins (`Plan.origin_seconds` of the source).
"""

from __future__ import annotations

from typing import Literal

from marquee.domain.media import Model

SpeechSource = Literal["sphinx", "transcribe", "whisper", "aligned"]
SPEECH_SCHEMA = 1


class Word(Model):
    """One spoken word as it is to be read. `confidence` 0..1; None: the provider does not say."""

    text: str
    start_seconds: float
    end_seconds: float
    confidence: float | None = None


class SpeechChunk(Model):
    """A span between two silences, transcribed by itself; also one item of the state machine's map."""

    index: int
    start_seconds: float
    end_seconds: float


class SpeechPlan(Model):
    """How the sound is cut (`keys.speech_plan_key`). No chunks: nothing that could be speech was heard.

    `language` (RFC 5646) when it is known beforehand; `speech_seconds`: how long it is not silent.
    """

    schema_version: int = SPEECH_SCHEMA
    chunks: tuple[SpeechChunk, ...]
    language: str | None = None
    speech_seconds: float = 0.0
    duration_seconds: float = 0.0


class Transcript(Model):
    """The words of a chunk (`keys.speech_chunk_key`) or of the whole film (`keys.transcript_key`), in order.

    `draft`: heard by a machine that is often wrong. `confidence`: mean of the words'. No words: nothing was said.
    `cpu_seconds`: what finding it out took.
    """

    schema_version: int = SPEECH_SCHEMA
    language: str
    source: SpeechSource
    draft: bool
    words: tuple[Word, ...] = ()
    confidence: float | None = None
    speakers: tuple[str, ...] = ()
    cpu_seconds: float = 0.0

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


class CaptionsSummary(Model):
    """What the captions task came to (`keys.captions_summary_key`, also `Asset.captions`)."""

    state: Literal["made", "no_speech"]
    asset_version: int
    language: str | None = None
    source: SpeechSource | None = None
    draft: bool = False
    track_id: str | None = None
    word_count: int = 0
    cue_count: int = 0
