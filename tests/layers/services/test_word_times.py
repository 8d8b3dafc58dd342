"""Each word of a cue has the second at which somebody heard it, also after people put words right."""

from __future__ import annotations

import pytest
from marquee.domain.speech import Word
from marquee.services.word_times import WordTimes

HEARD = ["the", "blue", "wales", "sing", "their", "song", "across", "the", "ocean", "and", "the", "sailors", "listen"]
TIMES = WordTimes([Word(text=text, start_seconds=n, end_seconds=n + 0.8) for n, text in enumerate(HEARD)])


@pytest.mark.parametrize(
    ("cue", "start", "end", "seconds"),
    [
        ("The blue wales sing", 0, 3.8, (0, 1, 2, 3)),
        ("The blue whales sing", 0, 3.8, (0, 1, 2, 3)),  # put right
        ("the ocean", 7, 8.8, (7, 8)),  # not the one of the beginning
        ("Blue wales - sing", 1, 3.8, (1, 2, 2, 3)),  # what nobody says
        ("their long song across", 4, 6.8, (4, 4, 5, 6)),  # a word more
        ("die blauen Wale singen", 0, 3.8, ()),  # another language
        ("the blue wales sing", 60, 64, ()),  # where nothing was heard
        ("", 0, 3, ()),
    ],
)
def test_words_have_the_times_of_what_was_heard(cue: str, start: float, end: float, seconds: tuple[float, ...]) -> None:
    assert TIMES.of(cue.split(), start, end) == seconds


def test_where_nobody_listened_nothing_is_known() -> None:
    assert WordTimes().of(["the", "blue"], 0, 3) == ()
