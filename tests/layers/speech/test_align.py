"""A supplied text on the times of heard words: all of it, in order, and estimates where nothing was heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marquee.domain.speech import Word
from marquee.speech.align import TranscriptMismatch, align_text
from marquee.speech.spoken_words import written_words


def heard(text: str, *, start: float = 2.0, each: float = 0.5) -> list[Word]:
    return [
        Word(text=word, start_seconds=start + n * each, end_seconds=start + (n + 1) * each)
        for n, word in enumerate(text.split())
    ]


def test_what_was_heard_as_it_is_written_keeps_its_time() -> None:
    words = align_text(["The", "wind", "broke."], heard("the wind broke"), 10.0)
    assert [(w.text, w.start_seconds, w.end_seconds, w.confidence) for w in words] == [
        ("The", 2.0, 2.5, 1.0),
        ("wind", 2.5, 3.0, 1.0),
        ("broke.", 3.0, 3.5, 1.0),
    ]


def test_misheard_words_take_the_place_of_what_was_heard_instead() -> None:
    words = align_text(["the", "lighthouse", "keeper", "slept"], heard("the light has keeper slept"), 10.0)
    assert (words[1].text, words[1].start_seconds, words[1].end_seconds) == ("lighthouse", 2.5, 3.5)
    assert words[1].confidence == 0.0


def test_a_number_stands_over_all_the_words_it_is_said_in() -> None:
    words = align_text(["in", "1984", "came"], heard("in nineteen eighty four came"), 10.0)
    assert (words[1].text, words[1].start_seconds, words[1].end_seconds) == ("1984", 2.5, 4.0)


def test_words_that_nobody_heard_stand_beside_their_neighbours() -> None:
    spoken = [*heard("we left at night", each=0.25), *heard("and came home late", start=30.0)]
    words = align_text(["oh", "we", "left", "at", "night", "quickly", "and", "came", "home", "late"], spoken, 60.0)
    quickly, oh = words[5], words[0]
    assert 3.0 <= quickly.start_seconds < quickly.end_seconds < 4.0
    assert 1.5 < oh.start_seconds < oh.end_seconds <= 2.0


def test_a_text_that_is_not_said_in_the_film_is_refused() -> None:
    with pytest.raises(TranscriptMismatch):
        align_text(["quite", "another", "story", "my", "friend"], heard("the wind broke the windows"), 10.0)


WRITTEN = ["one", "two", "three", "four", "5", "six—seven", "eight"]


@given(st.lists(st.sampled_from(WRITTEN), min_size=1, max_size=25), st.data())
def test_every_written_word_is_there_once_in_order_and_within_the_film(text: list[str], data: st.DataObject) -> None:
    written = written_words(" ".join(text))
    kept = [w for w in text if data.draw(st.booleans())] or text
    try:
        words = align_text(written, heard(" ".join(kept), start=1.0, each=0.3), 40.0)
    except TranscriptMismatch:
        return
    assert [w.text for w in words] == written
    times = [time for w in words for time in (w.start_seconds, w.end_seconds)]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= 40.0
