"""Cues that no player could show are mended or refused; none overlaps another afterwards."""

import itertools
import random

import pytest
from marquee.domain.errors import InvalidRequest
from marquee.domain.text_tracks import Cue
from marquee.media.subtitles_repair import MAX_CUES, MAX_TEXT, repair


def cue(start: float, end: float, text: str = "Words") -> Cue:
    return Cue(start_seconds=start, end_seconds=end, text=text)


def spans(cues: tuple[Cue, ...]) -> list[tuple[float, float, str]]:
    return [(c.start_seconds, c.end_seconds, c.text) for c in cues]


def test_good_cues_stay_as_they_are() -> None:
    good = [cue(0, 1, "a"), cue(1, 2.5, "b"), cue(4, 6, "c")]

    mended = repair(good, 10)

    assert list(mended.cues) == good
    assert mended.notes == ()


def test_cues_are_put_in_order_and_doubles_go() -> None:
    assert spans(repair([cue(4, 5, "b"), cue(1, 2, "a"), cue(4, 5, "b")], 10).cues) == [(1, 2, "a"), (4, 5, "b")]


def test_a_slight_overlap_is_cut() -> None:
    mended = repair([cue(1, 3.2, "a"), cue(3, 4, "b")], 10)

    assert spans(mended.cues) == [(1, 3, "a"), (3, 4, "b")]
    assert mended.notes == ("1 cues were cut where the next one begins.",)


def test_texts_that_stand_together_are_shown_together() -> None:
    mended = repair([cue(0, 10, "song"), cue(2, 4, "talk")], 20)

    assert spans(mended.cues) == [(0, 2, "song"), (2, 4, "song\ntalk"), (4, 10, "song")]


def test_of_thousands_that_all_stand_until_the_end_each_comes_in_its_time_among_the_latest() -> None:
    mended = repair([cue(n, MAX_CUES, f"x{n}") for n in range(MAX_CUES)], None)

    assert len(mended.cues) == MAX_CUES
    assert mended.cues[9000] == cue(9000, 9001, "x8997\nx8998\nx8999\nx9000")


def test_what_two_say_stays_until_the_last_of_them_ends() -> None:
    mended = repair([cue(0, 5, "la"), cue(1, 9, "talk"), cue(3, 8, "la")], 10)

    assert spans(mended.cues) == [(0, 1, "la"), (1, 8, "la\ntalk"), (8, 9, "talk")]


def test_what_begins_in_the_films_last_millisecond_is_left_out() -> None:
    mended = repair([cue(1, 2, "a"), cue(15.432, 20, "b")], 15.43208)

    assert spans(mended.cues) == [(1, 2, "a")]


def test_what_is_too_long_to_be_a_subtitle_is_cut_and_that_is_said() -> None:
    mended = repair([cue(1, 2, "x" * (MAX_TEXT + 1))], 10)

    assert mended.cues[0].text == "x" * MAX_TEXT
    assert mended.notes == ("1 cues with more than 1000 characters lost the rest.",)


def test_cues_without_a_length_get_time_to_be_read() -> None:
    mended = repair([cue(1, 1, "x" * 34), cue(8, 8, "y")], 8.5)

    assert spans(mended.cues) == [(1, 3, "x" * 34), (8, 8.5, "y")]


def test_cues_end_with_the_film() -> None:
    mended = repair([cue(8, 12, "a"), cue(1, 2, "b"), cue(20, 21, "c")], 10)

    assert spans(mended.cues) == [(1, 2, "b"), (8, 10, "a")]
    assert len(mended.notes) == 2


def test_impossible_times_and_empty_texts_are_left_out_and_said() -> None:
    cues = [cue(1, 2, "a"), cue(5, 3, "b"), cue(6, 7, "  "), cue(8, 9, "c"), cue(float("nan"), 9)]

    mended = repair(cues, 10)

    assert spans(mended.cues) == [(1, 2, "a"), (8, 9, "c")]
    assert mended.notes == (
        "2 cues with impossible times were left out.",
        "1 cues without text were left out.",
    )


@pytest.mark.parametrize(
    ("cues", "code"),
    [
        ([], "no_cues"),
        ([cue(1, 2, "")], "no_cues"),
        ([cue(1, 2), cue(100, 101), cue(102, 103)], "broken_cues"),
        ([cue(5, 4), cue(3, 2), cue(1, 2)], "broken_cues"),
        ([cue(n, n + 1) for n in range(MAX_CUES + 1)], "too_many_cues"),
    ],
)
def test_a_file_of_which_hardly_anything_is_left_is_refused_with_a_sentence(cues: list[Cue], code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        repair(cues, 10)

    assert refused.value.code == code
    assert refused.value.message.endswith(".")


def test_however_cues_lie_none_overlaps_and_every_text_is_shown_while_it_should() -> None:
    chance = random.Random(4)
    for _ in range(200):
        cues = []
        for n in range(chance.randrange(1, 12)):
            start = chance.randrange(0, 20_000) / 1000
            cues.append(cue(start, start + chance.randrange(60, 6_000) / 1000, f"t{n}"))
        mended = repair(cues, 30).cues
        assert all(a.end_seconds <= b.start_seconds for a, b in itertools.pairwise(mended))
        assert all(c.end_seconds > c.start_seconds for c in mended)
        shown = {line for c in mended for line in c.text.split("\n")}
        # Of more than four at once the oldest give way.
        assert shown <= {c.text for c in cues}
        assert {c.text for c in cues if not _crowded(c, cues)} <= shown


def _crowded(one: Cue, cues: list[Cue]) -> bool:
    return sum(c.start_seconds < one.end_seconds and c.end_seconds > one.start_seconds for c in cues) > 4
