"""The contracts of `Limiter` and `Watch`: on the fake, on a real Valkey, and of the limiter that works alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marquee.adapters.limits import ValkeyLimits
from marquee.adapters.moving_window import MAX_CALLERS, ProcessLimiter
from marquee.adapters.valkey_attempts import REST_SECONDS, Attempts
from marquee.adapters.valkey_connection import connect
from marquee.domain.abuse import LONGEST_BLOCK_SECONDS, Suspicion
from marquee.domain.errors import TransientError
from marquee.domain.limits import Limiter, Quota

from tests.fakes_limits import START_MS, MemoryLimits
from tests.layers.adapters.conftest import running_valkey

pytestmark = pytest.mark.contract

MINUTE_MS = 60_000
GUESS = Suspicion(25.0, "guessing")


class Clock:
    """Milliseconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.ms = START_MS

    def __call__(self) -> int:
        return self.ms


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as (_, endpoint):
        yield endpoint


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def address() -> str:
    """An address of this test's own."""
    return f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::"


@pytest.fixture(params=["memory", "valkey", "alone"])
def limiter(request: pytest.FixtureRequest, clock: Clock) -> Limiter:
    makes: dict[str, Callable[[], Limiter]] = {
        "memory": lambda: MemoryLimits(clock),
        "valkey": lambda: ValkeyLimits(connect(request.getfixturevalue("endpoint"), tls=False), now_ms=clock),
        "alone": lambda: ProcessLimiter(monotonic=lambda: clock.ms / 1000),
    }
    return makes[request.param]()


@pytest.fixture(params=["memory", "valkey"])
def limits(request: pytest.FixtureRequest, clock: Clock) -> MemoryLimits | ValkeyLimits:
    if request.param == "memory":
        return MemoryLimits(clock)
    client = connect(request.getfixturevalue("endpoint"), tls=False)
    client.delete("block:index")
    return ValkeyLimits(client, now_ms=clock)


@given(
    limit=st.integers(1, 6),
    pauses=st.lists(
        st.one_of(st.integers(0, 3), st.integers(0, 20_000), st.integers(59_000, 61_000)), min_size=1, max_size=60
    ),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_window_wherever_it_begins_has_more_than_the_limit_and_none_is_refused_without_need(
    limiter: Limiter, clock: Clock, limit: int, pauses: list[int]
) -> None:
    key, quota, admitted = uuid.uuid4().hex, Quota(limit), list[int]()
    for pause in pauses:
        clock.ms += pause
        if limiter.admit(key, quota, "192.0.2.1").admitted:
            admitted.append(clock.ms)
        else:
            # at most 1 % under: what fills the quota lies in the window and a hundredth of it
            recent = [time for time in admitted if clock.ms - time <= MINUTE_MS * 1.01]
            assert len(recent) >= limit
    for first, one_too_many in zip(admitted, admitted[limit:], strict=False):
        assert one_too_many - first > MINUTE_MS


def test_who_is_refused_is_told_when_to_come_again_and_is_admitted_then(limiter: Limiter, clock: Clock) -> None:
    key, quota = uuid.uuid4().hex, Quota(2, 10)
    remaining = []
    for _ in range(2):
        remaining.append(limiter.admit(key, quota, "192.0.2.1").remaining)
        clock.ms += 100
    refused = limiter.admit(key, quota, "192.0.2.1")

    assert remaining == [1, 0]
    assert (refused.admitted, refused.remaining) == (False, 0)
    assert 0 < refused.wait_ms <= 10_100
    clock.ms += refused.wait_ms
    assert limiter.admit(key, quota, "192.0.2.1").admitted


def test_refused_requests_use_nothing_up(limiter: Limiter, clock: Clock) -> None:
    key, quota = uuid.uuid4().hex, Quota(1, 10)
    limiter.admit(key, quota, "192.0.2.1")
    for _ in range(50):
        clock.ms += 100
        assert not limiter.admit(key, quota, "192.0.2.1").admitted
    clock.ms += 5_200
    assert limiter.admit(key, quota, "192.0.2.1").admitted


def test_callers_do_not_use_up_each_other_s_quota(limiter: Limiter) -> None:
    one, other = uuid.uuid4().hex, uuid.uuid4().hex
    assert [limiter.admit(key, Quota(1), "192.0.2.1").admitted for key in (one, other, one)] == [True, True, False]


def test_many_processes_together_admit_the_limit_exactly(endpoint: str) -> None:
    """By the server's own clock, as in service."""
    key = uuid.uuid4().hex
    processes = [ValkeyLimits(connect(endpoint, tls=False)) for _ in range(4)]
    answers = [process.admit(key, Quota(50), "192.0.2.1").admitted for _ in range(25) for process in processes]
    assert answers == [True] * 50 + [False] * 50


def test_a_server_that_has_forgotten_the_script_is_taught_it_again(endpoint: str) -> None:
    client, key = connect(endpoint, tls=False), uuid.uuid4().hex
    limits = ValkeyLimits(client)
    answers = []
    for _ in range(3):
        client.script_flush()
        answers.append(limits.admit(key, Quota(2), "192.0.2.1").admitted)
    assert answers == [True, True, False]


def test_a_clock_that_goes_back_gives_nobody_more(endpoint: str, clock: Clock) -> None:
    limits, key = ValkeyLimits(connect(endpoint, tls=False), now_ms=clock), uuid.uuid4().hex
    assert limits.admit(key, Quota(1), "192.0.2.1").admitted
    clock.ms -= 10 * MINUTE_MS
    assert not limits.admit(key, Quota(1), "192.0.2.1").admitted


def test_what_is_remembered_of_a_caller_is_forgotten_with_his_window(endpoint: str) -> None:
    client, key = connect(endpoint, tls=False), uuid.uuid4().hex
    ValkeyLimits(client).admit(key, Quota(5, 10), "192.0.2.1")
    rest = client.pttl(f"limit:{key}")
    assert isinstance(rest, int)
    assert 0 < rest <= 10_001


def test_an_address_is_blocked_when_its_points_reach_the_threshold(
    limits: MemoryLimits | ValkeyLimits, address: str
) -> None:
    made = [limits.report(address, GUESS) for _ in range(4)]

    assert made[:3] == [None] * 3
    assert made[3] is not None
    assert (made[3].address, made[3].reason, made[3].strike) == (address, "guessing", 1)
    assert limits.admit(uuid.uuid4().hex, Quota(5), address).blocked_ms == pytest.approx(300_000, abs=2_000)
    assert limits.admit(uuid.uuid4().hex, Quota(5), "192.0.2.99").blocked_ms == 0
    assert [block.address for block in limits.blocks(10)] == [address]


def test_points_fade(limits: MemoryLimits | ValkeyLimits, clock: Clock, address: str) -> None:
    for _ in range(10):
        assert limits.report(address, Suspicion(45.0, "errors")) is None
        clock.ms += 120_000  # one half-life: the sum stays below 90


def test_a_path_that_is_asked_for_again_counts_less(limits: MemoryLimits | ValkeyLimits, address: str) -> None:
    for _ in range(200):
        assert limits.report(address, Suspicion(2.0, "scanning", "/movies/gone", again_points=0.25)) is None
    many = [limits.report(address, Suspicion(2.0, "scanning", f"/{n}", again_points=0.25)) for n in range(60)]
    assert any(many)


def test_each_block_within_a_day_is_longer_up_to_a_cap(clock: Clock) -> None:
    limits, lengths = MemoryLimits(clock), []
    for _ in range(6):
        block = next(filter(None, (limits.report("192.0.2.7", GUESS) for _ in range(5))))
        lengths.append(round(block.until.timestamp() - clock.ms / 1000))
        clock.ms += lengths[-1] * 1000 + 1
    assert lengths == [300, 1200, 4800, 19_200, LONGEST_BLOCK_SECONDS, LONGEST_BLOCK_SECONDS]


def test_valkey_lengthens_blocks_as_the_rule_says(endpoint: str, clock: Clock, address: str) -> None:
    client = connect(endpoint, tls=False)
    limits, lengths = ValkeyLimits(client, now_ms=clock), []
    for _ in range(5):
        block = next(filter(None, (limits.report(address, GUESS) for _ in range(5))))
        lengths.append(round(block.until.timestamp() - clock.ms / 1000))
        client.delete(f"block:{{{address}}}")  # its time is the server's, which does not wait for us
    assert lengths == [300, 1200, 4800, 19_200, LONGEST_BLOCK_SECONDS]


def test_an_unblocked_address_begins_again(limits: MemoryLimits | ValkeyLimits, address: str) -> None:
    for _ in range(4):
        limits.report(address, GUESS)

    assert limits.unblock(address)
    assert not limits.unblock(address)
    assert limits.admit(uuid.uuid4().hex, Quota(5), address).blocked_ms == 0
    assert list(limits.blocks(10)) == []
    assert [limits.report(address, GUESS) for _ in range(3)] == [None] * 3
    again = limits.report(address, GUESS)
    assert again is not None
    assert again.strike == 1


def test_nothing_that_is_kept_of_an_address_stays_for_ever(endpoint: str, address: str) -> None:
    client = connect(endpoint, tls=False)
    limits = ValkeyLimits(client)
    for _ in range(7):  # blocked by the fifth at the latest, with new points after that
        limits.report(address, Suspicion(25.0, "scanning", "/x", again_points=25.0))
    keys = [*client.scan_iter(match=f"*{address}*"), "block:index"]

    assert len(keys) >= 4
    assert all(int(str(client.pttl(key))) > 0 for key in keys)


def test_without_valkey_the_process_counts_alone_and_comes_back_after_a_rest(tmp_path: Path) -> None:
    clock = [100.0]
    with running_valkey(tmp_path) as (process, endpoint):
        limits = ValkeyLimits(connect(endpoint, tls=False), attempts=Attempts(monotonic=lambda: clock[0]))
        assert limits.admit("k", Quota(2), "192.0.2.1").admitted
        process.kill()
        process.wait(10)
        answers = [limits.admit("k", Quota(2), "192.0.2.1").admitted for _ in range(3)]

        assert answers == [True, True, False]
        assert limits.report("192.0.2.1", GUESS) is None
        with pytest.raises(TransientError):
            limits.blocks(10)
        with pytest.raises(TransientError):
            limits.unblock("192.0.2.1")
    with running_valkey(tmp_path, int(endpoint.split(":")[1])):
        # It answers again, and is not asked before the rest is over: nobody waits for it twice.
        clock[0] += REST_SECONDS - 1
        assert not limits.admit("k", Quota(2), "192.0.2.1").admitted
        clock[0] += 1
        assert limits.admit("k", Quota(2), "192.0.2.1").admitted


def test_a_process_alone_remembers_a_bounded_number_of_callers() -> None:
    alone = ProcessLimiter(monotonic=lambda: 5.0)
    for n in range(MAX_CALLERS + 500):
        alone.admit(f"caller-{n}", Quota(100), "192.0.2.1")
    assert len(alone._windows) == MAX_CALLERS
