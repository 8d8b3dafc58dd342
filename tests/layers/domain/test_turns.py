"""Nobody's films keep anybody else's waiting."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from marquee.domain.turns import TurnLimits, next_turns, owner_of

START = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass(frozen=True)
class Film:
    id: str
    owner: str
    waiting_since: datetime | None


def films(owner: str, count: int, *, after_seconds: int = 0) -> list[Film]:
    return [Film(f"{owner}{n:03}", owner, START + timedelta(seconds=after_seconds + n)) for n in range(count)]


def test_a_hundred_films_of_one_do_not_keep_the_first_of_another_waiting() -> None:
    waiting = [*films("many", 100), *films("few", 1, after_seconds=1000)]
    assert next_turns([], waiting, TurnLimits(at_once=10)) == [
        "many000",
        "few000",
        *(f"many{n:03}" for n in range(1, 9)),
    ]
    assert next_turns(["many"] * 9, waiting, TurnLimits(at_once=10)) == ["few000"]


def test_one_never_has_all_turns_so_that_another_begins_at_once() -> None:
    limits = TurnLimits(at_once=10, at_once_each=6)
    assert next_turns([], films("many", 100), limits) == [f"many{n:03}" for n in range(6)]
    assert next_turns(["many"] * 6, films("many", 94), limits) == []
    assert next_turns(["many"] * 6, [*films("many", 94), *films("few", 1)], limits) == ["few000"]


def test_those_of_one_go_in_the_order_in_which_they_came() -> None:
    assert next_turns([], list(reversed(films("one", 4))), TurnLimits(at_once=3)) == ["one000", "one001", "one002"]


def test_without_limits_all_begin() -> None:
    assert len(next_turns(["one"] * 500, films("one", 100), TurnLimits())) == 100


def test_whose_a_job_is_says_nothing_of_who_that_is() -> None:
    assert owner_of("3f0c1a52-user") == owner_of("3f0c1a52-user") != owner_of("another")
    assert "3f0c1a52" not in owner_of("3f0c1a52-user")
    assert owner_of(None) == ""


OWNERS = st.sampled_from("abcd")


@given(
    at_work=st.lists(OWNERS, max_size=12),
    counts=st.dictionaries(OWNERS, st.integers(min_value=0, max_value=9), max_size=4),
    at_once=st.integers(min_value=1, max_value=12),
    each=st.integers(min_value=1, max_value=12),
)
def test_no_turn_is_left_idle_none_is_given_twice_and_nobody_gets_further_ahead(
    at_work: list[str], counts: dict[str, int], at_once: int, each: int
) -> None:
    waiting = [film for owner, count in counts.items() for film in films(owner, count)]
    chosen = next_turns(at_work, waiting, TurnLimits(at_once, each))
    owner_by_id = {film.id: film.owner for film in waiting}
    turns = Counter(at_work) + Counter(owner_by_id[film_id] for film_id in chosen)
    left = Counter(film.owner for film in waiting if film.id not in chosen)
    assert len(set(chosen)) == len(chosen)
    assert len(at_work) + len(chosen) <= max(at_once, len(at_work))
    assert all(turns[owner_by_id[film_id]] <= each for film_id in chosen)
    if len(at_work) + len(chosen) < at_once:
        assert all(turns[owner] >= each for owner in left)
    # whoever got a turn had, when the last was given, no more than anybody who still waits and may have one
    for film_id in chosen:
        assert all(turns[owner_by_id[film_id]] <= turns[owner] + 1 for owner in left if turns[owner] < each)
