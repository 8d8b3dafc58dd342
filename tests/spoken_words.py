"""Transcripts of what was never said: texts with even times."""

from __future__ import annotations

from collections.abc import Mapping

from marquee.domain.speech import Transcript, Word

WORD_SECONDS, GAP_SECONDS = 0.3, 0.1


def spoken(texts: Mapping[float, str], *, confidence: float | None = 0.8) -> Transcript:
    """Each text begins at its time, in seconds, two and a half words a second."""
    words = [
        Word(
            text=word, start_seconds=round(begin, 3), end_seconds=round(begin + WORD_SECONDS, 3), confidence=confidence
        )
        for start, text in texts.items()
        for index, word in enumerate(text.split())
        for begin in (start + index * (WORD_SECONDS + GAP_SECONDS),)
    ]
    return Transcript(language="en-US", source="sphinx", draft=True, words=tuple(words), confidence=confidence)
