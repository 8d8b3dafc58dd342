"""How titles answer a query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marquee.domain.search_terms import edits, fold, grams, typos_allowed
from marquee.services.rank_movies import Kind, Place, place_of, relevance

TITLES = st.text(alphabet="abcdefgh äé", min_size=1, max_size=24).filter(lambda text: fold(text) != "")


@pytest.mark.parametrize(
    ("query", "title", "kind"),
    [
        ("the matrix", "The Matrix", Kind.EXACT),
        ("MATRIX", "The Matrix", Kind.EXACT),
        ("amelie", "Amélie", Kind.EXACT),
        ("its a wonderful life", "It's a Wonderful Life", Kind.EXACT),
        ("the mat", "The Matrix", Kind.PREFIX),
        ("buck bunny", "Big Buck Bunny", Kind.WORDS),
        ("das boot", "Boot, das", Kind.WORDS),
        ("千尋", "千と千尋の神隠し", Kind.WORDS),
        ("matrx", "The Matrix", Kind.TYPO),
        ("starwars", "Star Wars", Kind.TYPO),
        ("spider man", "Spiderman", Kind.TYPO),
        ("godfahter", "The Godfather", Kind.TYPO),
        ("casablnaca", "Casablanca", Kind.TYPO),
        ("big buk", "Big Buck Bunny", Kind.WORD_TYPO),
        ("reloded", "The Matrix Reloaded", Kind.WORD_TYPO),
        ("1984", "1985", None),
        ("it", "Up", None),
        ("zebra", "The Matrix", None),
        ("", "The Matrix", None),
        ("matrix", "!!!", None),
        ("𝐌atrix™", "The MatrixTM", Kind.EXACT),
        ("🎬 🍿", "🎬 🍿", Kind.EXACT),
        ("🍿", "🎬🍿", Kind.WORDS),
        ("❤", "❤\ufe0f", Kind.EXACT),
        ("🎬", "The Matrix 🎬", None),
        ("\0\u202e", "🎬", None),
    ],
)
def test_a_query_meets_a_title(query: str, title: str, kind: Kind | None) -> None:
    match = relevance(query, [title])

    assert (match and match.kind) == kind


def test_fewer_typos_are_better_and_the_best_title_counts() -> None:
    one, two = relevance("godfathr", ["The Godfather"]), relevance("gdfathr", ["The Godfather"])

    assert one is not None
    assert two is not None
    assert one < two
    assert relevance("godfather", ["Der Pate", "The Godfather"]) == relevance("godfather", ["The Godfather"])


def test_places_compare_by_relevance_then_ours_then_popularity() -> None:
    exact = relevance("heat", ["Heat"])
    prefix = relevance("heat", ["Heat 2"])
    assert exact is not None
    assert prefix is not None

    def place(kind: object, *, own: bool, popularity: float, movie_id: str) -> Place:
        return place_of(kind, own=own, popularity=popularity, year=None, movie_id=movie_id)  # type: ignore[arg-type]

    ordered = [
        place(exact, own=True, popularity=1, movie_id="a"),
        place(exact, own=True, popularity=1, movie_id="b"),
        place(exact, own=False, popularity=99, movie_id="c"),
        place(exact, own=False, popularity=9, movie_id="d"),
        place(prefix, own=True, popularity=100, movie_id="e"),
    ]
    shuffled = [ordered[index] for index in (3, 0, 4, 2, 1)]
    assert sorted(shuffled) == ordered


@given(TITLES)
def test_every_title_is_exactly_itself(title: str) -> None:
    assert relevance(title, [title]) == (Kind.EXACT, 0)


@given(TITLES)
def test_folding_what_is_folded_changes_nothing(title: str) -> None:
    assert fold(fold(title)) == fold(title)


@given(st.text(alphabet="abcd", max_size=9), st.text(alphabet="abcd", max_size=9))
def test_the_distance_is_the_same_both_ways_and_none_only_to_itself(one: str, other: str) -> None:
    distance = edits(one, other, 9)

    assert distance == edits(other, one, 9)
    assert (distance == 0) == (one == other)
    assert edits(one, other, 1) == (distance if distance is not None and distance <= 1 else None)


@given(st.text(alphabet="abcdefghij", min_size=5, max_size=14), st.data())
def test_a_word_with_one_typo_shares_grams_with_the_word_and_is_still_meant(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(word) - 2))
    typed = data.draw(
        st.sampled_from(
            [
                word[:place] + word[place + 1 :],
                word[:place] + "x" + word[place:],
                word[:place] + "x" + word[place + 1 :],
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            ]
        )
    )

    assert grams(typed) & grams(word)
    if typos_allowed(typed):
        assert relevance(typed, [word]) is not None


def test_letters_of_other_alphabets_are_folded_as_people_type_them() -> None:
    assert fold("Æon Flux – Łódź, Ørsted & Straße!") == "aeon flux lodz orsted strasse"
