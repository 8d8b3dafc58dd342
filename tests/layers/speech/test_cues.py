"""Cues by the rules of reading: lines, characters a second, durations, breaks, and every word within its cue."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marquee.domain.speech import Word
from marquee.speech.cue_lines import break_lines, fits
from marquee.speech.cues import build_cues

VOCABULARY = ["a", "the", "keeper", "lamp", "lighthouse", "and", "waves,", "rocks.", "never", "extraordinarily"]


def words_of(
    text: str, *, seconds_each: float = 0.35, start: float = 1.0, pauses: dict[int, float] | None = None
) -> list[Word]:
    """Words one after another; a pause before those of `pauses`."""
    words, at = [], start
    for number, part in enumerate(text.split()):
        at += (pauses or {}).get(number, 0.0)
        words.append(Word(text=part, start_seconds=round(at, 3), end_seconds=round(at + seconds_each, 3)))
        at += seconds_each
    return words


def spoken_text(seed: int, count: int) -> list[Word]:
    chance = random.Random(seed)
    text = " ".join(chance.choice(VOCABULARY) for _ in range(count))
    pauses = {n: chance.choice([0.2, 0.6, 2.0]) for n in range(count) if chance.random() < 0.15}
    return words_of(text, seconds_each=0.45, pauses=pauses)


def test_silence_has_no_cues() -> None:
    assert build_cues([], 10.0) == ()


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 120))
def test_cues_are_readable_and_hold_every_word_where_it_is_spoken(seed: int, count: int) -> None:
    words = spoken_text(seed, count)
    cues = build_cues(words, words[-1].end_seconds + 3)
    assert " ".join(cue.text for cue in cues).split() == [word.text for word in words]
    left = iter(words)
    for cue in cues:
        lines = cue.text.split("\n")
        assert len(lines) <= 2
        assert max(map(len, lines)) <= 42
        assert cue.end_seconds - cue.start_seconds <= 7.001
        inside = [next(left) for _ in cue.text.split()]
        assert inside[0].start_seconds - 0.5 < cue.start_seconds <= inside[0].start_seconds
        assert cue.end_seconds >= inside[-1].end_seconds - 0.001
    assert all(a.end_seconds <= b.start_seconds for a, b in itertools.pairwise(cues))


def test_speech_of_usual_speed_is_read_at_no_more_than_17_characters_a_second() -> None:
    words = words_of(
        "the keeper wrote a letter to his sister in the city and told her of the birds " * 6, seconds_each=0.4
    )
    for cue in build_cues(words, 100.0):
        length = cue.end_seconds - cue.start_seconds
        assert len(cue.text) / length <= 17
        assert 1.0 <= length <= 7.0


def test_a_single_short_word_stands_a_second() -> None:
    (cue,) = build_cues(words_of("Stop!", seconds_each=0.2), 10.0)
    assert (cue.start_seconds, cue.end_seconds) == (1.0, 2.0)


def test_cues_end_where_sentences_do() -> None:
    words = words_of("He never came back. She waited for him all winter long. Nobody knew why it was so.")
    assert [cue.text.replace("\n", " ") for cue in build_cues(words, 60.0)] == [
        "He never came back.",
        "She waited for him all winter long.",
        "Nobody knew why it was so.",
    ]


def test_a_long_pause_always_ends_a_cue() -> None:
    words = words_of("we waited and then he came", pauses={2: 3.0})
    first, second = build_cues(words, 60.0)
    assert first.text == "we waited"
    assert first.end_seconds < second.start_seconds


def test_words_spoken_too_fast_to_be_read_are_all_shown_all_the_same() -> None:
    words = words_of("incomprehensibilities " * 40, seconds_each=0.25)
    cues = build_cues(words, 60.0)
    assert sum(len(cue.text.split()) for cue in cues) == 40


def test_a_word_longer_than_a_cue_is_shown_in_parts() -> None:
    address = "https://example.com/" + "x" * 180
    cues = build_cues(words_of(address, seconds_each=6.0), 20.0)
    assert "".join(cue.text.replace("\n", "") for cue in cues) == address
    assert all(len(line) <= 42 for cue in cues for line in cue.text.split("\n"))


def test_no_cue_outlasts_the_film() -> None:
    (cue,) = build_cues(words_of("The end.", start=9.5, seconds_each=0.2), 10.0)
    assert cue.end_seconds == 10.0


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Short enough for one line.", ["Short enough for one line."]),
        (
            "When the storm was over, he opened the door and went out.",
            ["When the storm was over,", "he opened the door and went out."],
        ),
        (
            "He gave them bread and water and waited for the weather",
            ["He gave them bread and water", "and waited for the weather"],
        ),
    ],
)
def test_lines_break_where_one_takes_breath_and_never_after_an_article(text: str, lines: list[str]) -> None:
    assert break_lines(text.split()).split("\n") == lines


def test_what_needs_a_third_line_does_not_fit() -> None:
    assert fits(["x" * 40, "y" * 40])
    assert not fits(["x" * 40, "y" * 40, "zz"])
    assert not fits(["x" * 43])
