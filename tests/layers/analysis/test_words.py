"""What a text is about and in which language."""

from __future__ import annotations

import pytest
from marquee.analysis.words import as_sentences, find_keywords, guess_language, sureness
from marquee.domain.speech import Word

from tests.spoken_words import spoken

TEXT = "Whales sing in the ocean. The ocean is deep, and whales dive down to find giant squid in the deep ocean."


def quite(_: str) -> float:
    return 0.9


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", TEXT),
        ("de", "Die Wale singen im Meer, und wer ihnen zuhört, der vergisst die Zeit."),
        ("fr", "Les baleines chantent dans la mer et personne ne sait ce qu'elles disent."),
        ("es", "Las ballenas cantan en el mar y nadie sabe lo que dicen por la noche."),
    ],
)
def test_languages_are_told_apart(language: str, text: str) -> None:
    guess = guess_language(text)
    assert guess is not None
    assert (guess.language, 0.5 <= guess.confidence <= 1) == (language, True)


def test_a_few_words_have_no_language_and_no_topic() -> None:
    assert guess_language("The End") is None
    assert find_keywords("The End", "en", sure=quite) == []


def test_keywords_stand_in_the_text_the_most_telling_first() -> None:
    found = find_keywords(TEXT, "en-US", sure=quite)
    assert found
    assert all(keyword.text.casefold() in TEXT.casefold() for keyword in found)
    assert found[0].weight == 1.0
    assert [keyword.weight for keyword in found] == sorted((keyword.weight for keyword in found), reverse=True)
    assert {keyword.confidence for keyword in found} == {0.9}
    assert any("ocean" in keyword.text.casefold() for keyword in found)


def test_a_language_without_stop_words_has_keywords_too() -> None:
    assert find_keywords(TEXT, "xx", sure=quite)


def test_pauses_end_sentences() -> None:
    assert as_sentences(spoken({0.0: "whales sing", 5.0: "so do we."}).words) == "whales sing. so do we."
    assert as_sentences(()) == ""


def heard(text: str, confidence: float | None) -> Word:
    return Word(text=text, start_seconds=0, end_seconds=1, confidence=confidence)


def test_a_phrase_is_as_sure_as_its_least_sure_word_at_its_best() -> None:
    sure = sureness([heard("Deep", 0.9), heard("passion.", 0.4), heard("ocean", 0.2), heard("Ocean", 0.8)], 0.5)
    assert (sure("deep ocean"), sure("deep passion"), sure("never said")) == (0.8, 0.4, 0.0)
    assert sureness([heard("deep", None)], 0.5)("deep") == 0.5


def test_what_was_hardly_heard_is_no_keyword() -> None:
    found = find_keywords(TEXT, "en", sure=lambda phrase: 0.3 if "whales" in phrase.casefold() else 0.9)
    assert found
    assert all("whales" not in keyword.text.casefold() for keyword in found)
