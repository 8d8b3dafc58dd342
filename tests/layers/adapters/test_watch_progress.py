"""The contract of `WatchStore`, on the fake and on the real database."""

from __future__ import annotations

import socket
import uuid

import pytest
from marquee.adapters.database import Database
from marquee.adapters.watch_progress import DatabaseWatch
from marquee.domain.errors import TransientError
from marquee.domain.watch_stores import Kept, WatchKey, WatchStore, order_of
from marquee.domain.watching import ContinueRule, Watched

from tests.fakes_watch import MemoryWatch
from tests.layers.domain.test_watching import report, watched

pytestmark = pytest.mark.contract
RULE = ContinueRule(minimum_duration_seconds=60)


@pytest.fixture(params=["memory", "database"])
def store(request: pytest.FixtureRequest) -> WatchStore:
    if request.param == "memory":
        return MemoryWatch()
    return DatabaseWatch(request.getfixturevalue("shared_database"))


@pytest.fixture
def viewer() -> str:
    return uuid.uuid4().hex


def state(position: float, *, from_ms: int = 1000, duration: float = 100.0) -> Watched:
    return watched([report(position, duration=duration)], from_ms=from_ms)


def test_what_is_written_is_read_back_whole(store: WatchStore, viewer: str) -> None:
    full = watched([report(95, client_ms=1), report(3, client_ms=2), report(20.125, session="phone")])
    key = WatchKey(viewer, "mov_1")

    assert store.write([Kept(key, full, 0)]) == frozenset()
    assert store.get(key) == Kept(key, full, 1)
    assert store.read([key, WatchKey(viewer, "mov_none")]) == {key: Kept(key, full, 1)}
    assert store.get(WatchKey(viewer, "mov_none")) is None


def test_of_many_writes_only_those_fail_that_met_another(store: WatchStore, viewer: str) -> None:
    new, known, raced = (WatchKey(viewer, f"mov_{n}") for n in range(3))
    store.write([Kept(known, state(10), 0), Kept(raced, state(10), 0)])
    store.write([Kept(raced, state(20), 1)])
    changes = [Kept(raced, state(99), 1), Kept(new, state(30), 0), Kept(known, state(40), 1)]

    assert store.write(changes) == {raced}
    found = {key: (kept.state, kept.version) for key, kept in store.read([new, known, raced]).items()}
    assert found == {new: (state(30), 1), known: (state(40), 2), raced: (state(20), 2)}


def test_a_new_state_is_made_once(store: WatchStore, viewer: str) -> None:
    key = WatchKey(viewer, "mov_1")
    store.write([Kept(key, state(10), 0)])

    assert store.write([Kept(key, state(90), 0)]) == {key}
    assert store.get(key) == Kept(key, state(10), 1)
    assert store.write([]) == frozenset()


def test_a_page_is_what_can_be_gone_on_with_last_watched_first(store: WatchStore, viewer: str) -> None:
    states = {
        "too_early": state(4, from_ms=10),
        "old": state(5, from_ms=20),
        "new": state(89, from_ms=40),
        "same_time": state(50, from_ms=40),
        "done": state(90, from_ms=50),
        "short": state(20, from_ms=60, duration=59),
        "unwanted": state(50, from_ms=70),
    }
    store.write([Kept(WatchKey(viewer, name), kept, 0) for name, kept in states.items()])
    store.write([Kept(WatchKey(uuid.uuid4().hex, "other"), state(50), 0)])

    def page(limit: int, before: str | None) -> list[str]:
        return [kept.key.movie_id for kept in store.page(viewer, RULE, limit, before, ["unwanted"])]

    assert page(10, None) == ["same_time", "new", "old"]
    assert page(1, None) == ["same_time"]
    assert page(10, order_of("same_time", 40)) == ["new", "old"]
    assert page(10, order_of("old", 20)) == []


def test_a_viewer_is_listed_and_deleted_alone(store: WatchStore, viewer: str) -> None:
    mine = [Kept(WatchKey(viewer, f"mov_{n}"), state(n), 0) for n in range(1, 4)]
    other = WatchKey(uuid.uuid4().hex, "mov_1")
    store.write([*mine, Kept(other, state(1), 0)])

    assert {kept.key for kept in store.of_viewer(viewer)} == {kept.key for kept in mine}
    assert (store.delete(viewer), store.delete(viewer)) == (3, 0)
    assert list(store.of_viewer(viewer)) == []
    assert store.get(other) is not None


def test_what_was_written_past_valkey_is_known_until_it_is_settled_or_flushed(store: WatchStore, viewer: str) -> None:
    settled, flushed, changed = (WatchKey(viewer, f"mov_{n}") for n in range(3))
    store.write([Kept(key, state(10), 0) for key in (settled, flushed, changed)], direct=True)
    read = store.read([settled, changed])
    store.write([Kept(changed, state(20), 1)], direct=True)
    store.settle(read[settled])
    store.settle(read[changed])
    store.write([Kept(flushed, state(30), 1)])

    assert {kept.key for kept in store.written_directly(1000) if kept.key.viewer == viewer} == {changed}


def test_a_database_that_does_not_answer_is_waited_for_no_longer_than_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = Database(lambda: f"mongodb://127.0.0.1:{silent.getsockname()[1]}/", "silent")
        with pytest.raises(TransientError):
            DatabaseWatch(database, within_seconds=0.2).get(WatchKey("ann", "mov_1"))
        database.close()
