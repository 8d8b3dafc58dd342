"""The token bucket: never more calls in any span of a second than it has tokens, and hardly fewer."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marquee.adapters.bucket import LocalBucket, SharedBucket
from marquee.adapters.valkey_connection import connect
from marquee.domain.bucket import TokenBucket

from tests.layers.adapters.conftest import Connected, running_valkey

pytestmark = pytest.mark.contract

SIZE = 20


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as (_, endpoint):
        yield endpoint


@contextmanager
def bucket_of(kind: str, endpoint: str, time: Time) -> Iterator[TokenBucket]:
    if kind == "local":
        yield LocalBucket(SIZE, clock=time)
        return
    with connect(endpoint, tls=False) as client:
        yield SharedBucket(client, uuid.uuid4().hex, size=SIZE, clock=time)


def most_in_a_second(moments: list[float]) -> int:
    return max((sum(start <= moment < start + 1 for moment in moments) for start in moments), default=0)


@pytest.mark.parametrize("kind", ["local", "shared"])
@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(st.integers(0, 64), st.integers(1, 30), st.integers(0, 8)), max_size=12))
def test_no_second_sees_more_calls_than_tokens(endpoint: str, kind: str, steps: list[tuple[int, int, int]]) -> None:
    time = Time()
    moments: list[float] = []
    with bucket_of(kind, endpoint, time) as bucket:
        for pause, calls, patience in steps:
            time.now += pause / 64
            for _ in range(calls):
                wait = bucket.take(wait_at_most=patience / 4)
                if wait is not None:
                    assert wait <= patience / 4
                    moments.append(time.now + wait)

    assert most_in_a_second(moments) <= SIZE


@pytest.mark.parametrize("kind", ["local", "shared"])
def test_all_tokens_are_given_out_every_second(endpoint: str, kind: str) -> None:
    time = Time()
    taken = []
    with bucket_of(kind, endpoint, time) as bucket:
        for _ in range(3):
            taken.append(sum(bucket.take(wait_at_most=0) is not None for _ in range(30)))
            time.now += 1

    assert taken == [SIZE] * 3


@pytest.mark.parametrize("kind", ["local", "shared"])
def test_who_can_wait_is_told_how_long_and_who_cannot_is_refused(endpoint: str, kind: str) -> None:
    time = Time()
    with bucket_of(kind, endpoint, time) as bucket:
        assert [bucket.take(wait_at_most=0) for _ in range(SIZE)] == [0.0] * SIZE
        time.now += 0.25

        assert bucket.take(wait_at_most=0.5) is None
        assert bucket.take(wait_at_most=2) == pytest.approx(0.75, abs=1e-5)


def test_many_instances_at_once_share_the_tokens(endpoint: str, connected: Connected) -> None:
    name, given_out = uuid.uuid4().hex, list[float]()

    def take() -> None:
        bucket = SharedBucket(connected(endpoint), name, size=SIZE, clock=Time())
        given_out.extend(wait for _ in range(10) if (wait := bucket.take(wait_at_most=2.5)) is not None)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(round(wait) for wait in given_out) == [0] * SIZE + [1] * SIZE + [2] * SIZE


def test_without_valkey_a_process_takes_a_small_share(tmp_path: Path, connected: Connected) -> None:
    with running_valkey(tmp_path) as (process, endpoint):
        bucket = SharedBucket(connected(endpoint), "tmdb", size=SIZE, clock=Time())
        process.kill()
        process.wait(10)

        assert sum(bucket.take(wait_at_most=0) is not None for _ in range(30)) == 4
