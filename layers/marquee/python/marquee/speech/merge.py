"""Words of chunks → words of the film: on one timeline, in order, apart. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from marquee.domain.speech import Transcript, Word

# A listener made for speech is this unsure, on the whole, only when it was given something else.
_LEAST_CONFIDENCE = 0.35


def later(words: Iterable[Word], seconds: float) -> tuple[Word, ...]:
    """The words `seconds` later."""
    return tuple(
        word.model_copy(
            update={
                "start_seconds": round(word.start_seconds + seconds, 3),
                "end_seconds": round(word.end_seconds + seconds, 3),
            }
        )
        for word in words
    )


def mean_confidence(words: Iterable[Word]) -> float | None:
    """Of the words whose confidence is known."""
    known = [word.confidence for word in words if word.confidence is not None]
    return round(fmean(known), 4) if known else None


def merge_words(parts: Iterable[Sequence[Word]], duration_seconds: float) -> tuple[Word, ...]:
    """All words in order, none over another, none outside of the film. Chunks come in the film's order.

    Of a word that two chunks heard at their common edge the first is kept.
    """
    merged: list[Word] = []
    at = 0.0
    for word in (word for part in parts for word in part):
        middle = (word.start_seconds + word.end_seconds) / 2
        if middle < at or word.start_seconds >= duration_seconds:
            continue
        start, end = max(at, word.start_seconds), min(word.end_seconds, duration_seconds)
        at = max(start, end)
        merged.append(word.model_copy(update={"start_seconds": start, "end_seconds": at}))
    return tuple(merged)


def without_noise(transcripts: Sequence[Transcript]) -> tuple[Transcript, ...]:
    """The chunks in which somebody speaks: where a drafting listener was never sure, it heard something else."""
    return tuple(
        one
        for one in transcripts
        if one.words and not (one.draft and one.confidence is not None and one.confidence < _LEAST_CONFIDENCE)
    )
