"""The breaker's rules, and that the shared one in Valkey follows them to the letter."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marquee.adapters.breaker import LocalBreaker, SharedBreaker
from marquee.adapters.valkey_connection import connect
from marquee.domain.breaker import BreakerPolicy, CircuitBreaker, Permit
from marquee.domain.metrics import series

from tests.fakes_metrics import MemoryMetrics
from tests.layers.adapters.conftest import Connected, running_valkey
from tests.measured import listening

pytestmark = pytest.mark.contract

POLICY = BreakerPolicy(window_seconds=10, failures=3, share=0.5, open_seconds=5, probe_seconds=2, successes=2)


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as (_, endpoint):
        yield endpoint


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(params=["local", "shared"])
def breaker(request: pytest.FixtureRequest, time: Time, connected: Connected) -> CircuitBreaker:
    if request.param == "local":
        return LocalBreaker(POLICY, clock=time)
    return SharedBreaker(connected(request.getfixturevalue("endpoint")), uuid.uuid4().hex, policy=POLICY, clock=time)


def call(breaker: CircuitBreaker, *, ok: bool) -> bool:
    permit = breaker.admit()
    if permit is not None:
        breaker.record(permit, ok=ok)
    return permit is not None


def test_it_opens_at_the_third_failure_and_tries_again_with_one_call(breaker: CircuitBreaker, time: Time) -> None:
    assert [call(breaker, ok=False) for _ in range(4)] == [True, True, True, False]

    time.now += 5
    probe = breaker.admit()
    assert probe is not None
    assert breaker.admit() is None
    breaker.record(probe, ok=False)
    assert breaker.admit() is None


def test_it_closes_after_two_good_tries(breaker: CircuitBreaker, time: Time) -> None:
    for _ in range(3):
        call(breaker, ok=False)
    time.now += 5
    assert call(breaker, ok=True)
    assert call(breaker, ok=True)

    assert [breaker.admit() is not None for _ in range(5)] == [True] * 5


def test_few_failures_among_many_calls_do_not_open_it(breaker: CircuitBreaker) -> None:
    for ok in [True] * 6 + [False] * 5:
        assert call(breaker, ok=ok)
    assert breaker.admit() is not None
    call(breaker, ok=False)
    assert breaker.admit() is None


def test_a_try_whose_caller_died_makes_room_for_the_next(breaker: CircuitBreaker, time: Time) -> None:
    for _ in range(3):
        call(breaker, ok=False)
    time.now += 5
    assert breaker.admit() is not None
    time.now += 2
    assert breaker.admit() is not None


def test_what_was_called_before_it_opened_says_nothing_later(breaker: CircuitBreaker, time: Time) -> None:
    late = breaker.admit()
    assert late is not None
    for _ in range(3):
        call(breaker, ok=False)
    time.now += 5
    assert call(breaker, ok=True)
    breaker.record(late, ok=False)
    assert call(breaker, ok=True)

    assert breaker.admit() is not None


EVENTS = st.one_of(
    st.tuples(st.just("advance"), st.integers(1, 120)),
    st.tuples(st.just("admit"), st.just(0)),
    st.tuples(st.just("record"), st.integers(0, 15)),
)


@settings(max_examples=60, deadline=None)
@given(events=st.lists(EVENTS, max_size=60))
def test_both_breakers_say_the_same_whatever_happens(endpoint: str, events: list[tuple[str, int]]) -> None:
    time = Time()
    local = LocalBreaker(POLICY, clock=time)
    with connect(endpoint, tls=False) as client:
        shared = SharedBreaker(client, uuid.uuid4().hex, policy=POLICY, clock=time)
        permits: list[tuple[Permit, Permit]] = []
        for event, number in events:
            if event == "advance":
                time.now += number / 8  # exact in binary: both add up the same
            elif event == "admit":
                ours, theirs = local.admit(), shared.admit()
                assert (ours is None) == (theirs is None)
                if ours is not None and theirs is not None:
                    assert ours.generation == theirs.generation
                    permits.append((ours, theirs))
            elif permits:
                ours, theirs = permits.pop(number % len(permits))
                local.record(ours, ok=number % 3 == 0)
                shared.record(theirs, ok=number % 3 == 0)


def test_instances_share_one_breaker_and_count_its_changes(endpoint: str, time: Time, connected: Connected) -> None:
    name, metrics = uuid.uuid4().hex, MemoryMetrics()
    one, other = (
        SharedBreaker(connected(endpoint), name, policy=POLICY, clock=time, metrics=metrics) for _ in range(2)
    )
    with listening() as told:
        call(one, ok=False)
        call(other, ok=False)
        call(one, ok=False)

    assert (told.of("BreakerState"), told.by("BreakerState")) == ([2], [{"breaker": name}])
    assert other.admit() is None
    metrics.flush()
    labels = {"breaker": name, "from": "closed", "to": "open"}
    assert metrics.read() == {series("breaker_transitions_total", labels): 1}


def test_without_valkey_a_process_goes_by_its_own(tmp_path: Path, time: Time, connected: Connected) -> None:
    with running_valkey(tmp_path) as (process, endpoint):
        breaker = SharedBreaker(connected(endpoint), "tmdb", policy=POLICY, clock=time)
        assert call(breaker, ok=True)
        process.kill()
        process.wait(10)

        assert [call(breaker, ok=False) for _ in range(4)] == [True, True, True, False]
        time.now += 5
        assert call(breaker, ok=True)
