"""An analysis out of what was seen, heard and said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from marquee.analysis.chapters import Signs, find_beginnings
from marquee.analysis.material import Material, Seen
from marquee.analysis.shots import FADES
from marquee.analysis.titles import suggest_title, title_chapters
from marquee.analysis.words import as_sentences, find_keywords, guess_language, sureness
from marquee.domain.analysis import (
    Analysis,
    Chapter,
    Keyword,
    LanguageGuess,
    Loudness,
    Moderation,
    Span,
    Suggestion,
    Suggestions,
)
from marquee.domain.speech import Word

SILENCES, LOUDNESS = "ffmpeg.silencedetect", "ffmpeg.ebur128"
_MOST_TAGS = 8


def compose(provider: Literal["local", "amazon"], material: Material, seen: Seen) -> Analysis:
    """What is known without asking a service: nobody has looked at it as a moderator would."""
    language = _language(material)
    keywords = _keywords(material, seen, language)
    return Analysis(
        provider=provider,
        duration_seconds=material.duration_seconds,
        shots=tuple(seen.shots),
        black=_spans(FADES, seen.pictures.black),
        silence=_spans(SILENCES, seen.sound.silence if seen.sound else ()),
        loudness=_loudness(seen),
        faces=tuple(seen.faces),
        on_screen_text=tuple(seen.texts),
        keywords=tuple(keywords),
        language=language,
        moderation=Moderation(source=provider, confidence=0.0, state="not_examined"),
        chapters=tuple(_chapters(material, seen, language)),
        suggestions=Suggestions(
            title=suggest_title(seen.cards, material.duration_seconds),
            tags=tuple(
                Suggestion(source=keyword.source, confidence=keyword.confidence, text=keyword.text)
                for keyword in keywords[:_MOST_TAGS]
            ),
        ),
        missing=seen.missing,
    )


def _language(material: Material) -> LanguageGuess | None:
    """Of what is said. A provider that was told or found the language knows better than a look at its words."""
    transcript = material.transcript
    if transcript is None or not transcript.words:
        return None
    if transcript.source in {"transcribe", "whisper"}:
        return LanguageGuess(source=transcript.source, confidence=0.9, language=transcript.language)
    return guess_language(transcript.text)


def _keywords(material: Material, seen: Seen, language: LanguageGuess | None) -> list[Keyword]:
    """Of what is said; of what is written where nothing is."""
    spoken = as_sentences(material.words)
    known = language.language if language else None
    found = find_keywords(spoken, known, sure=sureness(material.words, material.confidence_of_words))
    if found or not seen.texts:
        return found
    confidence = sum(text.confidence for text in seen.texts) / len(seen.texts)
    return find_keywords(" . ".join(text.text for text in seen.texts), known, sure=lambda _: confidence)


def _chapters(material: Material, seen: Seen, language: LanguageGuess | None) -> list[Chapter]:
    duration, words = material.duration_seconds, material.words
    signs = Signs(
        duration_seconds=duration,
        shots=seen.shots,
        black=seen.pictures.black,
        silence=seen.sound.silence if seen.sound else (),
        cards=seen.cards,
        words=words,
    )

    def telling(spoken: Sequence[Word]) -> Sequence[Keyword]:
        known = language.language if language else None
        return find_keywords(as_sentences(spoken), known, sure=sureness(spoken, material.confidence_of_words))

    return title_chapters(find_beginnings(signs), duration, seen.cards, words, telling)


def _loudness(seen: Seen) -> Loudness | None:
    sound = seen.sound
    if sound is None or sound.integrated_lufs is None:
        return None
    return Loudness(
        source=LOUDNESS,
        confidence=1.0,
        integrated_lufs=round(sound.integrated_lufs, 2),
        range_lu=round(sound.range_lu, 2),
        true_peak_dbfs=round(sound.true_peak_dbfs, 2),
    )


def _spans(source: str, stretches: Sequence[tuple[float, float]]) -> tuple[Span, ...]:
    return tuple(
        Span(source=source, confidence=1.0, start_seconds=round(start, 3), end_seconds=round(end, 3))
        for start, end in stretches
    )
