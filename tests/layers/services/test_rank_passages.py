"""Which passages answer a query, how well, and at which second."""

from __future__ import annotations

import pytest
from marquee.domain.spoken import Line, Origin, Passage
from marquee.services.rank_passages import Fit, Match, match

ORIGIN = Origin(asset_id="ast_1", asset_version=1, name="ten", edition="1")


def said(*lines: str) -> Passage:
    timed = [Line(start_seconds=3.0 * i, end_seconds=3.0 * i + 3, text=text) for i, text in enumerate(lines)]
    return Passage(id="p", origin=ORIGIN, kind="said", language="en", lines=tuple(timed))


def found(query: str, *lines: str) -> Match:
    met = match(query, said(*lines))
    assert met is not None
    return met


FOX = ("It was a cold morning.", "The quick brown fox", "jumps over the lazy dog.", "Nobody saw the fox.")


@pytest.mark.parametrize(
    ("query", "fit", "second"),
    [
        ("fox", Fit(0, False, 0), 3.0),
        ("quick brown fox", Fit(0, False, 0), 3.0),
        ("the lazy dog", Fit(0, False, 0), 6.0),
        ("fox jumps", Fit(0, False, 0), 3.0),  # over the end of a line
        ("jumps over a dog", Fit(0, True, 0), 6.0),
        ("dog morning", Fit(0, True, 0), 0.0),
        ("quikc fox", Fit(0, False, 1), 3.0),
        ("lazy do", Fit(0, False, 0), 6.0),  # still being typed
        ("quick brown fox sleeps", Fit(1, False, 0), 3.0),
    ],
)
def test_a_query_is_met_at_the_line_where_its_words_begin(query: str, fit: Fit, second: float) -> None:
    met = found(query, *FOX)

    assert (met.fit, met.line.start_seconds) == (fit, second)


@pytest.mark.parametrize("query", ["cat", "quick cat", "the", "lazy brown bear cub", "", "!?"])
def test_what_is_not_said_is_not_found(query: str) -> None:
    assert match(query, said("A quick brown fox.")) is None


def test_words_together_are_better_than_the_same_words_apart() -> None:
    together, apart = found("lazy dog", "the lazy dog"), found("lazy dog", "lazy is the old dog")

    assert together.fit < apart.fit


def test_scattered_words_lead_to_the_line_with_most_of_them() -> None:
    met = found("silver river boat", "A boat.", "The river is silver.", "A boat again.")

    assert met.line.start_seconds == 3.0


def test_writing_without_spaces_is_found_within_a_line() -> None:
    met = found("電車", "今日は晴れ", "電車が来ます")

    assert met.line.start_seconds == 3.0


def test_accents_and_case_make_no_difference() -> None:
    assert found("ETE CHAUD", "Un été chaud.").fit == Fit(0, False, 0)


def test_a_word_is_met_at_its_own_second_where_somebody_heard_each() -> None:
    heard = Line(
        start_seconds=3.0, end_seconds=6.0, text="It's the quick-witted fox", word_seconds=(3.0, 3.4, 3.6, 5.2)
    )
    passage = Passage(id="p", origin=ORIGIN, kind="said", language="en", lines=(heard,))

    seconds = {query: met.at_seconds for query in ("its", "witted fox", "fox it's") if (met := match(query, passage))}

    assert seconds == {"its": 3.0, "witted fox": 3.6, "fox it's": 3.0}
    assert found("brown", *FOX).at_seconds == 3.0  # of a line without: when it begins
