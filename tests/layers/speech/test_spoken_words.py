"""Written words and what is said for them."""

from __future__ import annotations

import pytest
from marquee.speech.letters import phones_of
from marquee.speech.spoken_words import spoken, written_words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Lighthouse,", "lighthouse"),
        ("don’t", "don't"),
        ("twenty-three", "twenty three"),
        ("0", "zero"),
        ("42", "forty two"),
        ("007", "zero zero seven"),
        ("100", "one hundred"),
        ("1,200", "one thousand two hundred"),
        ("1984", "nineteen eighty four"),
        ("1905", "nineteen oh five"),
        ("1900", "nineteen hundred"),
        ("2005", "two thousand five"),
        ("2,000,000", "two million"),
        ("3.14", "three point one four"),
        ("21st", "twenty first"),
        ("20th", "twentieth"),
        ("10:30", "ten thirty"),
        ("50%", "fifty percent"),
        ("R&D", "r and d"),
        ("Straße", "strasse"),
        ("—", ""),
        ("…", ""),
        ("1" * 5000, " ".join(["one"] * 5000)),
    ],
)
def test_a_written_word_is_said_so(written: str, said: str) -> None:
    assert " ".join(spoken(written)) == said


def test_no_written_word_is_lost_and_dashes_go_with_their_neighbours() -> None:
    text = "— Well — he said, it’s 5 o’clock … "
    assert written_words(text) == ["— Well —", "he", "said,", "it’s", "5", "o’clock …"]
    assert " ".join(written_words(text)).split() == text.split()


@pytest.mark.parametrize("text", ["", "  \n", "— … !"])
def test_text_without_words_has_none(text: str) -> None:
    assert written_words(text) == []


@pytest.mark.parametrize(
    ("word", "phones"),
    [("marquee", "M AA R K W IY"), ("blake", "B L EY K"), ("zorb", "Z AO R B"), ("naïve", "N EY V"), ("東京", "AH")],
)
def test_any_word_can_be_said_somehow(word: str, phones: str) -> None:
    assert phones_of(word) == phones
