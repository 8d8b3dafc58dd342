"""What a text is about and which language it is in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from marquee.domain.analysis import Keyword, LanguageGuess
from marquee.domain.speech import Word

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

KEYWORDS, LANGUAGE = "yake", "py3langid"
# Of fewer words nobody can say what they are about, or even which language they are.
FEWEST_WORDS = 8
_SURE_LANGUAGE = 0.5
_PAUSE_SECONDS = 0.6
_LONGEST_PHRASE = 2
_ALIKE = 0.7
MOST_KEYWORDS = 12
# Drafts are full of words that sound like others.
_SURE = 0.65
_TOKEN = re.compile(r"\w+")

Sure = Callable[[str], float]


def as_sentences(words: Sequence[Word]) -> str:
    """Spoken words as text. A pause ends a sentence where the provider gave no full stops."""
    parts: list[str] = []
    for index, word in enumerate(words):
        parts.append(word.text)
        following = words[index + 1] if index + 1 < len(words) else None
        stands_open = word.text[-1:].isalnum()
        if stands_open and (following is None or following.start_seconds - word.end_seconds >= _PAUSE_SECONDS):
            parts[-1] += "."
    return " ".join(parts)


def sureness(words: Sequence[Word], otherwise: float) -> Sure:
    """How sure it is that each word of a phrase was said: of words said more than once, the best time.

    `otherwise`: for words whose provider does not say.
    """
    known: dict[str, float] = {}
    for word in words:
        for token in _TOKEN.findall(word.text.casefold()):
            known[token] = max(known.get(token, 0.0), otherwise if word.confidence is None else word.confidence)
    return lambda phrase: min((known.get(token, 0.0) for token in _TOKEN.findall(phrase.casefold())), default=0.0)


def find_keywords(text: str, language: str | None, *, sure: Sure, most: int = MOST_KEYWORDS) -> list[Keyword]:
    """Words and phrases of two words that stand in `text`, the most telling first.

    `sure` tells how far a phrase is to be trusted (0..1); what was hardly heard is left out. None of a few words.
    """
    if len(text.split()) < FEWEST_WORDS:
        return []
    from yake import KeywordExtractor

    extractor = KeywordExtractor(
        lan=(language or "en").partition("-")[0], n=_LONGEST_PHRASE, top=2 * most, dedupLim=_ALIKE
    )
    found = [(phrase, float(score)) for phrase, score in extractor.extract_keywords(text)]
    # Its scores are lower the more telling, and mean nothing beyond one text: weights are told by the best of it.
    kept = [pair for pair in found if pair[0].casefold() in text.casefold() and sure(pair[0]) >= _SURE][:most]
    best = min((score for _, score in kept), default=0.0)
    return [
        Keyword(
            source=KEYWORDS,
            confidence=round(sure(phrase), 3),
            text=phrase,
            weight=round((best + 0.01) / (score + 0.01), 3),
        )
        for phrase, score in kept
    ]


def guess_language(text: str) -> LanguageGuess | None:
    """The language of a text, or None when that cannot be told."""
    if len(text.split()) < FEWEST_WORDS:
        return None
    language, confidence = _identifier().classify(text)
    if confidence < _SURE_LANGUAGE:
        return None
    return LanguageGuess(source=LANGUAGE, confidence=round(min(1.0, confidence), 3), language=language)


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
