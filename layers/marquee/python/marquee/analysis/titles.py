"""Titles out of words that stand in the film, on a card or in what is said; where there are none, there is no title."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from marquee.analysis.chapters import NEAR_SECONDS, Beginning, Card
from marquee.domain.analysis import Chapter, Keyword, Suggestion
from marquee.domain.speech import Word

CARD_SOURCE = "tesseract"
KeywordFinder = Callable[[Sequence[Word]], Sequence[Keyword]]

# A card belongs to a chapter when it comes in its first third, and not later than this.
_EARLY_SHARE, _EARLY_SECONDS = 1 / 3, 15.0
_LONGEST_TITLE = 80


def title_chapters(
    beginnings: Sequence[Beginning],
    duration_seconds: float,
    cards: Sequence[Card],
    words: Sequence[Word],
    keywords: KeywordFinder,
) -> list[Chapter]:
    """Chapters that cover the film. `keywords` finds the telling phrases of some words, the best first."""
    ends = [beginning.at_seconds for beginning in beginnings[1:]] + [duration_seconds]
    return [
        _chapter(beginning, end, _title_of(beginning.at_seconds, end, cards, words, keywords))
        for beginning, end in zip(beginnings, ends, strict=True)
    ]


def suggest_title(cards: Sequence[Card], duration_seconds: float) -> Suggestion | None:
    """The largest writing of a film's beginning."""
    found = _early_cards(0.0, duration_seconds, cards)
    if not found:
        return None
    largest = max(found, key=lambda card: card.height_share)
    return Suggestion(source=CARD_SOURCE, confidence=largest.confidence, text=_as_title(largest.text))


def _chapter(beginning: Beginning, end: float, title: Suggestion | None) -> Chapter:
    return Chapter(
        source=beginning.source,
        confidence=beginning.confidence,
        start_seconds=round(beginning.at_seconds, 3),
        end_seconds=round(end, 3),
        title=None if title is None else title.text,
        title_source=None if title is None else title.source,
    )


def _title_of(
    start: float, end: float, cards: Sequence[Card], words: Sequence[Word], keywords: KeywordFinder
) -> Suggestion | None:
    early = _early_cards(start, end, cards)
    if early:
        return Suggestion(source=CARD_SOURCE, confidence=early[0].confidence, text=_as_title(early[0].text))
    telling = keywords([word for word in words if start <= word.start_seconds < end])
    if not telling:
        return None
    best = telling[0]
    return Suggestion(source=best.source, confidence=best.confidence, text=best.text[:1].upper() + best.text[1:])


def _early_cards(start: float, end: float, cards: Sequence[Card]) -> list[Card]:
    last = start + min((end - start) * _EARLY_SHARE, _EARLY_SECONDS)
    return [card for card in cards if start - NEAR_SECONDS <= card.start_seconds <= last]


def _as_title(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST_TITLE else words[:_LONGEST_TITLE].rpartition(" ")[0] + "…"
