"""Where what is said turns to other things."""

from __future__ import annotations

from marquee.analysis.topics import topic_shifts

from tests.spoken_words import GAP_SECONDS, WORD_SECONDS, spoken

STEP = WORD_SECONDS + GAP_SECONDS
FISH = "whales swim under ocean waves while dolphins hunt small fishes near coral reefs and ocean whales sing " * 8
CITY = "streets carry trains between towers whose windows shine when night falls over bridges and city trains " * 8


def test_the_place_between_two_topics_is_found_and_no_other() -> None:
    turn = len(FISH.split()) * STEP
    words = spoken({0.0: FISH, turn: CITY}).words
    places = [turn - 30, turn - 15, turn, turn + 15, turn + 30]
    assert topic_shifts(words, places) == {turn}


def test_one_topic_has_no_turn() -> None:
    assert topic_shifts(spoken({0.0: FISH}).words, [10.0, 20.0, 30.0]) == set()


def test_of_a_few_words_nothing_is_said() -> None:
    assert topic_shifts(spoken({0.0: "whales swim", 10.0: "streets shine"}).words, [10.0]) == set()
    assert topic_shifts((), [10.0]) == set()
