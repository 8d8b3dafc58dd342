"""The contract of `LiveWatch`, on the fake and on a real Valkey."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import valkey
from hypothesis import given, settings
from hypothesis import strategies as st
from marquee.adapters.live_watch import CACHED_SECONDS, REST_SECONDS, UNFLUSHED_SECONDS, ValkeyLiveWatch
from marquee.adapters.valkey_connection import connect
from marquee.domain.errors import TransientError, Unauthenticated
from marquee.domain.watch_stores import LiveWatch, WatchKey, Written
from marquee.domain.watching import NEVER_WATCHED, NOTHING_KNOWN, Report, Watched, accept, join

from tests.fakes_watch import MemoryLiveWatch
from tests.layers.adapters.conftest import running_valkey
from tests.layers.domain.test_watching import REPORTS, report

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as (_, endpoint):
        yield endpoint


@pytest.fixture
def client(endpoint: str) -> Iterator[valkey.Valkey]:
    client = connect(endpoint, tls=False)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(params=["memory", "valkey"])
def live(request: pytest.FixtureRequest) -> LiveWatch:
    if request.param == "memory":
        return MemoryLiveWatch()
    return ValkeyLiveWatch(request.getfixturevalue("client"))


def new_key(movie_id: str = "mov_1", viewer: str | None = None) -> WatchKey:
    return WatchKey(viewer or uuid.uuid4().hex, movie_id)


def claim(live: LiveWatch, token: str, lease_seconds: float = 60, limit: int = 100) -> dict[WatchKey, Watched | None]:
    return {key: state for shard in live.shards for key, state in live.claim(shard, limit, token, lease_seconds)}


def confirm(live: LiveWatch, token: str, states: dict[WatchKey, Watched | None]) -> int:
    written = {key: None if state is None else Written(state.sequence, state) for key, state in states.items()}
    return sum(live.confirm(shard, token, written) for shard in live.shards)


def whole(state: Watched | None) -> Watched:
    assert state is not None
    return join(NEVER_WATCHED, state)


def test_what_is_recorded_is_read_back(live: LiveWatch) -> None:
    key = new_key()
    recorded = live.record(key, report(12.345, client_ms=1_789_999_999_999, device="Télé ✓"))

    assert recorded.news
    assert live.get(key) == recorded.state
    assert live.get(new_key()) is None
    assert live.of_viewer(key.viewer) == {"mov_1": recorded.state}
    current = recorded.state.current
    assert current is not None
    assert (current.position_seconds, current.client_ms, current.device) == (12.345, 1_789_999_999_999, "Télé ✓")


def test_a_report_that_is_no_news_makes_nothing_dirty(live: LiveWatch) -> None:
    key = new_key()
    live.record(key, report(10, client_ms=5))
    confirm(live, "t", {key: whole(state) for key, state in claim(live, "t").items()})
    late = live.record(key, report(9, client_ms=4))

    assert (late.news, whole(late.state).current) == (False, whole(live.get(key)).current)
    assert claim(live, "t") == {}


def test_a_claimed_entry_is_not_claimed_again_before_its_time(live: LiveWatch) -> None:
    key = new_key()
    state = live.record(key, report(10)).state

    assert claim(live, "one") == {key: state}
    assert claim(live, "two") == {}


def test_a_claim_that_ran_out_goes_to_the_next_with_the_newest_state(live: LiveWatch) -> None:
    key = new_key()
    live.record(key, report(10, client_ms=1))
    claim(live, "killed", lease_seconds=0)
    state = live.record(key, report(20, client_ms=2)).state

    assert claim(live, "next") == {key: state}
    assert claim(live, "another") == {}


def test_a_claim_that_went_to_another_cannot_be_confirmed(live: LiveWatch) -> None:
    key = new_key()
    state = live.record(key, report(10)).state
    claim(live, "slow", lease_seconds=0)
    claim(live, "next", lease_seconds=0)
    confirm(live, "slow", {key: whole(state)})

    assert claim(live, "after") == {key: state}


def test_a_confirmed_entry_is_clean_and_whole(live: LiveWatch) -> None:
    key = new_key()
    state = live.record(key, report(10)).state
    claim(live, "t")

    assert confirm(live, "t", {key: whole(state)}) == 0
    assert live.get(key) == whole(state)
    assert claim(live, "t", lease_seconds=0) == {}


def test_an_entry_becomes_what_the_database_knew_besides(live: LiveWatch) -> None:
    key = new_key()
    claimed = live.record(key, report(10)).state
    claim(live, "t")
    joined = whole(claimed).model_copy(update={"sequence": claimed.sequence + 5})
    for shard in live.shards:
        assert live.confirm(shard, "t", {key: Written(claimed.sequence, joined)}) == 0

    assert live.get(key) == joined
    assert claim(live, "t", lease_seconds=0) == {}


def test_what_is_reported_during_a_flush_stays_dirty(live: LiveWatch) -> None:
    key = new_key()
    before = live.record(key, report(10, client_ms=1)).state
    claim(live, "t")
    after = live.record(key, report(20, client_ms=2)).state

    assert claim(live, "overlapping") == {}
    assert confirm(live, "t", {key: whole(before)}) == 1
    assert live.get(key) == after
    assert claim(live, "next") == {key: after}


def test_entries_behind_those_in_flight_are_reached(live: LiveWatch) -> None:
    viewer = uuid.uuid4().hex
    first = [new_key(f"mov_{n}", viewer) for n in range(5)]
    for key in first:
        live.record(key, report(10, client_ms=1))
    claim(live, "slow")
    for key in first:
        live.record(key, report(20, client_ms=2))
    behind = new_key("mov_9", viewer)
    live.record(behind, report(30))

    assert list(claim(live, "next", limit=2)) == [behind]


def test_an_entry_that_is_gone_is_claimed_without_a_state_and_confirmed(live: LiveWatch) -> None:
    assert confirm(live, "t", {new_key(): None}) == 0


def test_an_older_entry_is_dropped_unless_it_is_dirty(live: LiveWatch) -> None:
    clean, dirty, newer = new_key(), new_key(), new_key()
    for key in (clean, newer):
        live.record(key, report(10))
    confirm(live, "t", {key: whole(state) for key, state in claim(live, "t").items()})
    live.record(dirty, report(10))
    for key in (clean, dirty):
        live.drop_outdated(key, 9_000_000_000_000)
    live.drop_outdated(newer, 1)

    assert live.get(clean) is None
    assert live.get(dirty) is not None
    assert live.get(newer) is not None


def test_a_forgotten_viewer_leaves_nothing_and_is_not_recorded_again(live: LiveWatch) -> None:
    key, other = new_key(), new_key()
    live.record(key, report(10))
    live.record(other, report(10))
    live.forget(key.viewer)

    assert (live.get(key), live.of_viewer(key.viewer)) == (None, {})
    assert list(claim(live, "t")) == [other]
    with pytest.raises(Unauthenticated):
        live.record(key, report(20, client_ms=2))
    assert live.forgotten() == []


@settings(max_examples=60, deadline=None)
@given(reports=st.lists(REPORTS, min_size=1, max_size=15), flush_after=st.integers(0, 15))
def test_the_script_and_the_domain_s_rule_are_the_same(endpoint: str, reports: list[Report], flush_after: int) -> None:
    with connect(endpoint, tls=False) as client:
        live, key, expected = ValkeyLiveWatch(client), new_key(), NOTHING_KNOWN
        for number, item in enumerate(reports):
            recorded = live.record(key, item)
            after = accept(expected, item, recorded.state.sequence)
            assert recorded.news is (after is not None)
            expected = after or expected
            assert recorded.state == expected
            if number == flush_after:
                mine = {k: v for k, v in claim(live, "t").items() if k == key}
                confirm(live, "t", {k: whole(v) for k, v in mine.items()})
                expected = whole(expected)


def test_keys_end_by_themselves_and_flushed_ones_sooner(client: valkey.Valkey) -> None:
    live, key = ValkeyLiveWatch(client), new_key()
    live.record(key, report(10))
    entry = next(client.scan_iter("progress:*:entry:*"))
    assert CACHED_SECONDS < client.ttl(entry) <= UNFLUSHED_SECONDS

    confirm(live, "t", {k: whole(v) for k, v in claim(live, "t").items()})
    left = set(client.scan_iter("progress:*"))
    assert 0 < client.ttl(entry) <= CACHED_SECONDS
    assert all(client.ttl(name) > 0 for name in left)


def test_keys_of_one_viewer_lie_in_one_slot(client: valkey.Valkey) -> None:
    live, key = ValkeyLiveWatch(client), new_key()
    live.record(key, report(10))
    live.forget(key.viewer)
    live.swept(key.viewer)
    live.record(new_key(), report(10))

    assert all(name.startswith("progress:{") for name in client.scan_iter())


def test_a_viewer_is_swept_once_old_flushes_are_over(client: valkey.Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marquee.adapters.live_watch.SWEEP_AFTER_SECONDS", 0)
    live, viewer = ValkeyLiveWatch(client), uuid.uuid4().hex
    live.forget(viewer)
    assert live.forgotten() == [viewer]

    live.swept(viewer)
    assert live.forgotten() == []


def test_a_valkey_that_failed_is_left_alone_for_a_moment(tmp_path: Path) -> None:
    clock = [100.0]
    with running_valkey(tmp_path) as (process, endpoint):
        client = connect(endpoint, tls=False)
        live = ValkeyLiveWatch(client, monotonic=lambda: clock[0])
        process.send_signal(signal.SIGSTOP)
        with pytest.raises(TransientError):
            live.get(new_key())
        process.send_signal(signal.SIGCONT)
        with pytest.raises(TransientError, match="a moment ago"):
            live.get(new_key())
        clock[0] += REST_SECONDS

        assert live.get(new_key()) is None
        client.close()


def test_a_valkey_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as (process, endpoint):
        live = ValkeyLiveWatch(connect(endpoint, tls=False))
        live.record(new_key(), report(1))
        process.kill()
        process.wait(10)
        for call in (
            lambda: live.record(new_key(), report(1)),
            lambda: live.get(new_key()),
            lambda: live.of_viewer("v"),
            lambda: live.claim(0, 1, "t", 1),
            lambda: live.confirm(0, "t", {new_key(): None}),
            lambda: live.forget("v"),
        ):
            with pytest.raises(TransientError):
                call()
