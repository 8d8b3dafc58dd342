"""Which report counts, and what several sources of the truth come to together."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from marquee.domain.watching import (
    MAX_PLAYBACKS,
    NEVER_WATCHED,
    NOTHING_KNOWN,
    ContinueRule,
    Report,
    Watched,
    accept,
    join,
)


def report(
    position: float, *, client_ms: int = 0, session: str = "tv", duration: float = 100.0, device: str = "d"
) -> Report:
    return Report(
        session_id=session,
        started_ms=0,
        client_ms=client_ms,
        position_seconds=position,
        duration_seconds=duration,
        device=device,
    )


def watched(reports: Sequence[Report], state: Watched = NEVER_WATCHED, *, from_ms: int = 1000) -> Watched:
    for now_ms, item in enumerate(reports, from_ms):
        state = accept(state, item, now_ms) or state
    return state


def at(state: Watched) -> tuple[str, float]:
    current = state.current
    assert current is not None
    return current.session_id, current.position_seconds


def test_within_a_session_an_overtaken_or_repeated_report_changes_nothing() -> None:
    state = watched([report(10, client_ms=1), report(30, client_ms=3)])

    assert accept(state, report(20, client_ms=2), 5000) is None
    assert accept(state, report(30, client_ms=3), 5000) is None


def test_seeking_back_counts() -> None:
    assert at(watched([report(80, client_ms=1), report(5, client_ms=2)])) == ("tv", 5)


def test_between_devices_the_server_s_order_counts_whatever_their_clocks_say() -> None:
    ahead, behind = report(50, client_ms=9_000_000, session="tv"), report(20, client_ms=5, session="phone")

    assert at(watched([ahead, behind])) == ("phone", 20)
    assert at(watched([behind, ahead])) == ("tv", 50)


def test_a_late_report_of_a_session_does_not_take_over_from_another() -> None:
    state = watched([report(10, client_ms=1), report(20, client_ms=2), report(50, session="phone")])

    assert accept(state, report(10, client_ms=1), 5000) is None
    assert at(state) == ("phone", 50)


def test_reaching_the_end_completes_and_beginning_again_keeps_the_count() -> None:
    state = watched([report(85, client_ms=1), report(90, client_ms=2), report(95, client_ms=3)])
    assert (state.status, state.times_completed, state.completed_ms) == ("completed", 1, 1001)

    state = watched([report(2, client_ms=4)], state, from_ms=2000)
    assert (state.status, state.times_completed, state.completed_ms) == ("in_progress", 1, None)

    state = watched([report(91, client_ms=5)], state, from_ms=3000)
    assert (state.status, state.times_completed, state.completed_ms) == ("completed", 2, 3000)


def test_moving_about_near_the_end_is_one_end() -> None:
    state = watched([report(p, client_ms=n) for n, p in enumerate([89, 91, 88, 92, 70, 99])])

    assert state.times_completed == 1


def test_going_on_with_a_completed_movie_elsewhere_is_no_second_end() -> None:
    state = watched([report(95, client_ms=1), report(96, session="phone")])

    assert (state.status, state.times_completed) == ("completed", 1)


def test_the_sequence_goes_up_even_when_the_server_s_clock_goes_back() -> None:
    state = watched([report(10, client_ms=1)], from_ms=5000)
    state = watched([report(20, client_ms=2)], state, from_ms=1000)

    assert state.sequence == 5001
    assert at(state) == ("tv", 20)


def test_only_so_many_sessions_are_remembered() -> None:
    state = watched([report(n, session=f"s{n}") for n in range(MAX_PLAYBACKS + 3)])

    assert sorted(state.playbacks, key=lambda s: int(s[1:])) == [f"s{n}" for n in range(3, MAX_PLAYBACKS + 3)]


def test_an_end_told_to_a_cache_that_has_forgotten_counts_if_the_movie_was_not_completed() -> None:
    begun = watched([report(50, client_ms=1)])
    completed = watched([report(95, client_ms=1)])
    unsure = watched([report(96, session="phone")], NOTHING_KNOWN, from_ms=9000)

    assert unsure.unsure == {"phone/0": 9000}
    assert join(begun, unsure).times_completed == 1
    assert join(completed, unsure).times_completed == 1
    assert join(NEVER_WATCHED, unsure).times_completed == 1


def test_what_was_decided_once_stays_so_when_it_is_joined_again() -> None:
    base = watched([report(95, client_ms=1)])
    unsure = watched([report(96, session="phone")], NOTHING_KNOWN, from_ms=9000)
    later = watched([report(3, client_ms=2), report(4, session="phone", client_ms=5)], unsure, from_ms=9500)

    assert join(join(base, unsure), later).times_completed == 1


def test_the_same_end_seen_by_database_and_cache_is_one() -> None:
    base = watched([report(80, client_ms=1)])
    in_cache = watched([report(91, client_ms=2)], base, from_ms=2000)
    in_database = watched([report(92, client_ms=3)], base, from_ms=3000)
    both = join(in_database, in_cache)

    assert (both.times_completed, at(both)) == (1, ("tv", 92))


def test_a_repetition_that_only_the_database_takes_for_news_does_not_win() -> None:
    base = watched([report(10, client_ms=1)])
    in_cache = watched([report(20, client_ms=2), report(30, client_ms=3)], base, from_ms=2000)
    in_database = watched([report(20, client_ms=2)], base, from_ms=3000)

    assert at(join(in_database, in_cache)) == ("tv", 30)


REPORTS = st.builds(
    report,
    st.sampled_from([1.0, 30.0, 60.0, 89.0, 90.0, 99.0]),
    client_ms=st.integers(0, 6),
    session=st.sampled_from(["tv", "phone", "web"]),
)


@given(st.lists(REPORTS, max_size=8), st.lists(REPORTS, max_size=8), st.lists(REPORTS, max_size=8))
def test_joining_is_the_same_in_any_order_and_any_number(
    first: list[Report], second: list[Report], third: list[Report]
) -> None:
    base = watched(first)
    one, other = watched(second, base, from_ms=2000), watched(third, base, from_ms=3000)

    joined = join(one, other)
    assert join(other, one) == joined
    assert join(joined, one) == joined
    assert join(joined, other) == joined
    assert join(joined, joined) == joined


@given(st.lists(REPORTS, max_size=12), st.integers(0, 12))
def test_what_is_flushed_in_parts_is_what_is_told_at_once(reports: list[Report], cut: int) -> None:
    early, late = watched(reports[:cut]), watched(reports)

    assert join(early, late) == late
    assert join(NEVER_WATCHED, late) == late


def test_offered_are_movies_that_were_begun_and_not_completed_and_are_long_enough() -> None:
    rule = ContinueRule(minimum_duration_seconds=60)

    def offered(position: float, duration: float = 100) -> bool:
        playback = watched([report(position, duration=duration)]).current
        assert playback is not None
        return rule.takes(playback)

    assert [offered(4.9), offered(5), offered(89.9), offered(90)] == [False, True, True, False]
    assert [offered(30, duration=59.9), offered(30, duration=60)] == [False, True]
