"""Which words of one text are which of another, however long the texts and whatever is wrong in them."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st
from marquee.speech.matching import match_words, place_of
from marquee.speech.shares import shares_of

WORDS = st.lists(st.sampled_from("abcde"), max_size=30)


@given(WORDS, WORDS)
def test_pairs_are_equal_words_in_growing_places(ours: list[str], theirs: list[str]) -> None:
    pairs = match_words(ours, theirs)
    assert all(ours[i] == theirs[j] for i, j in pairs)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(pairs))


@given(WORDS)
def test_a_text_is_itself(words: list[str]) -> None:
    assert match_words(words, words) == [(n, n) for n in range(len(words))]


def test_words_around_a_wrong_one_still_match() -> None:
    ours = ["the", "old", "house", "stood", "far", "away"]
    theirs = ["the", "cold", "horse", "stood", "there", "far", "away"]
    assert [ours[i] for i, _ in match_words(ours, theirs)] == ["the", "stood", "far", "away"]


def long_text(count: int) -> list[str]:
    chance = random.Random(7)
    return [f"w{int(chance.paretovariate(0.6)) % 4000}" for _ in range(count)]


def test_a_whole_films_words_match_although_a_fifth_is_wrong() -> None:
    written = long_text(20_000)
    chance = random.Random(8)
    heard = [word if chance.random() > 0.2 else f"x{chance.randrange(500)}" for word in written]
    pairs = match_words(written, heard)
    right = sum(a == b for a, b in zip(written, heard, strict=True))
    assert len(pairs) >= 0.99 * right
    assert sum(i == j for i, j in pairs) >= 0.98 * len(pairs)


def test_a_chunk_is_found_in_the_whole_text() -> None:
    written = long_text(20_000)
    first, last = place_of(written[7_000:7_150], written)
    assert 6_900 < first <= 7_000
    assert 7_150 <= last < 7_250


def test_words_of_nowhere_have_no_place_in_a_long_text() -> None:
    assert place_of(["never"] * 200, long_text(20_000)) == (0, 0)


def test_each_utterance_gets_its_part_of_the_text() -> None:
    text = ["the", "wind", "broke", "the", "windows", "and", "nobody", "could", "leave", "the", "house"]
    heard = [["the", "wind", "broke", "the", "windows"], ["and", "nobody", "could", "leave", "the", "house"]]
    assert shares_of(heard, text) == [(0, 5), (5, 11)]


def test_words_that_were_misheard_are_in_the_share_of_who_heard_something_there() -> None:
    text = ["the", "wind", "broke", "the", "windows", "and", "nobody", "could", "leave", "the", "house"]
    heard = [["a", "wind", "broke", "the", "win", "does"], ["nobody", "could", "leave", "the", "hose"]]
    (first, last), (begin, end) = shares_of(heard, text)
    assert (first, end) == (0, 11)
    assert last <= begin


def test_an_utterance_heard_all_wrong_gets_what_is_left_between_its_neighbours() -> None:
    text = ["one", "winter", "a", "great", "storm", "came", "down", "for", "three", "days", "nobody", "left"]
    heard = [["one", "winter"], ["uh", "grey", "torn"], ["came", "down", "for", "three", "days", "nobody", "left"]]
    assert shares_of(heard, text) == [(0, 2), (2, 5), (5, 12)]


def test_an_utterance_that_is_not_in_the_text_gets_nothing() -> None:
    text = ["for", "three", "days", "nobody", "could", "leave"]
    assert shares_of([["something", "else"], text], text)[1] == (0, 6)
