"""Where chapters begin, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from marquee.analysis.chapters import Card, Signs, find_beginnings
from marquee.analysis.shots import Frame, find_shots
from marquee.analysis.titles import suggest_title, title_chapters
from marquee.domain.analysis import Chapter, Keyword, Span
from marquee.domain.speech import Word

from tests.spoken_words import spoken

MINUTE = 60.0


def shots_at(*starts: float, duration: float) -> list[Span]:
    ends = [*starts[1:], duration]
    return [
        Span(source="test", confidence=1, start_seconds=start, end_seconds=end)
        for start, end in zip(starts, ends, strict=True)
    ]


def card(start: float, text: str = "Part Two", height: float = 0.1) -> Card:
    return Card(start, start + 3, text, 0.9, height)


def begins(signs: Signs) -> list[tuple[float, str]]:
    return [(beginning.at_seconds, beginning.source) for beginning in find_beginnings(signs)]


def no_keywords(_: Sequence[Word]) -> Sequence[Keyword]:
    return []


def test_a_film_without_signs_is_one_chapter() -> None:
    assert begins(Signs(MINUTE, shots_at(0, 20, 40, duration=MINUTE))) == [(0.0, "whole_film")]


def test_a_card_begins_a_chapter_at_its_cut() -> None:
    signs = Signs(MINUTE, shots_at(0, 20, 40, duration=MINUTE), cards=[card(20.1)])
    assert begins(signs) == [(0.0, "whole_film"), (20, "title_card")]


def test_black_and_silence_together_are_surer_than_black() -> None:
    shots = shots_at(0, 20, duration=MINUTE)
    alone = find_beginnings(Signs(MINUTE, shots, black=[(19, 20)]))[1]
    both = find_beginnings(Signs(MINUTE, shots, black=[(19, 20)], silence=[(18.5, 20.4)]))[1]
    assert (alone.source, both.source) == ("black", "black+silence")
    assert alone.confidence < both.confidence < 1


def test_silence_alone_is_a_pause() -> None:
    assert len(begins(Signs(MINUTE, shots_at(0, 20, duration=MINUTE), silence=[(18, 21)]))) == 1


def test_chapters_are_not_shorter_than_ten_seconds() -> None:
    shots = shots_at(0, 4, 20, 25, 55, duration=MINUTE)
    signs = Signs(MINUTE, shots, cards=[card(4), card(20), card(25), card(55)])
    assert [at for at, _ in begins(signs)] == [0.0, 20]


def test_chapters_of_a_long_film_are_minutes_long() -> None:
    cuts = [float(at) for at in range(0, 7200, 60)]
    signs = Signs(7200, shots_at(*cuts, duration=7200), cards=[card(at) for at in cuts])
    ends = [at for at, _ in begins(signs)][1:]
    assert ends
    assert min(b - a for a, b in zip([0.0, *ends], [*ends, 7200], strict=True)) >= 240


def test_a_lecture_in_one_shot_is_divided_where_its_topic_changes_after_a_silence() -> None:
    fish = "whales swim under ocean waves while dolphins hunt small fishes near coral reefs " * 4
    city = "streets carry trains between towers whose windows shine when night falls over bridges " * 4
    words = spoken({0.0: fish, 30.0: city}).words
    signs = Signs(MINUTE, shots_at(0, duration=MINUTE), silence=[(22, 30)], words=words)
    assert begins(signs)[0] == (0.0, "whole_film")


@given(
    st.lists(st.floats(0.5, 599), max_size=30, unique=True).map(sorted),
    st.lists(st.floats(0, 600), max_size=10),
    st.lists(st.tuples(st.floats(0, 590), st.floats(0.1, 10)), max_size=8),
)
def test_whatever_the_signs_chapters_cover_the_film_without_gaps(
    cuts: list[float], cards: list[float], black: list[tuple[float, float]]
) -> None:
    signs = Signs(
        600.0,
        shots_at(0.0, *cuts, duration=600.0),
        black=[(start, start + length) for start, length in black],
        silence=[(start, start + length) for start, length in black],
        cards=[card(at) for at in cards],
    )
    chapters = title_chapters(find_beginnings(signs), 600.0, signs.cards, (), no_keywords)
    assert chapters[0].start_seconds == 0.0
    assert chapters[-1].end_seconds == 600.0
    assert all(chapter.start_seconds < chapter.end_seconds for chapter in chapters)
    assert [c.end_seconds for c in chapters[:-1]] == [c.start_seconds for c in chapters[1:]]


def titled(cards: Sequence[Card], words: Sequence[Word] = ()) -> list[Chapter]:
    signs = Signs(MINUTE, shots_at(0, 20, 40, duration=MINUTE), cards=cards, words=words)

    def first_word(given: Sequence[Word]) -> list[Keyword]:
        return [Keyword(source="test", confidence=0.5, text=given[0].text)] if given else []

    return title_chapters(find_beginnings(signs), MINUTE, cards, words, first_word)


def test_a_chapter_is_called_as_its_card_says_else_by_a_telling_word_of_it() -> None:
    chapters = titled([card(20, "Part\nTwo")], spoken({1.0: "whales swim", 21.0: "cities shine"}).words)
    assert [(chapter.title, chapter.title_source) for chapter in chapters] == [
        ("Whales", "test"),
        ("Part Two", "tesseract"),
    ]


def test_a_chapter_without_words_has_no_title() -> None:
    assert [(chapter.title, chapter.title_source) for chapter in titled([])] == [(None, None)]


def test_writing_far_into_a_chapter_is_not_its_title() -> None:
    assert titled([card(17.0, "Exit")])[0].title is None


def test_the_largest_writing_of_the_beginning_is_proposed_as_the_films_title() -> None:
    cards = [card(0.0, "presents", 0.05), card(4.0, "The Sea", 0.12), card(50.0, "The End", 0.2)]
    suggestion = suggest_title(cards, MINUTE)
    assert suggestion is not None
    assert (suggestion.text, suggestion.source) == ("The Sea", "tesseract")
    assert suggest_title([], MINUTE) is None


def test_shots_and_chapters_agree_on_the_end() -> None:
    shots = find_shots([Frame(n / 25, 0.1) for n in range(250)], [], 10.0)
    assert find_beginnings(Signs(10.0, shots))[-1].at_seconds < shots[-1].end_seconds
