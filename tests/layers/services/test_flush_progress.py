"""The flush from Valkey to the database: whatever happens to it, nothing is lost and nothing is doubled."""

from __future__ import annotations

import itertools

import pytest
from marquee.domain.errors import TransientError
from marquee.domain.watch_stores import WatchKey
from marquee.services.flush_progress import ATTEMPTS, BATCH

from tests.layers.services.progress_world import World, kill
from tests.measured import listening


@pytest.fixture
def world() -> World:
    return World()


def told(world: World) -> None:
    """Three movies, one of them completed on a second device."""
    world.post(10, client_ms=1)
    world.post(80, client_ms=1, movie="mov_2")
    world.post(95, client_ms=2, movie="mov_2", session="phone")
    world.post(50, client_ms=1, movie="mov_3", viewer="bob")


def assert_kept(world: World) -> None:
    assert world.position() == ("tv", 10)
    assert world.position(movie="mov_2") == ("phone", 95)
    assert world.kept(movie="mov_2").times_completed == 1
    assert world.position("bob", "mov_3") == ("tv", 50)


def test_reports_reach_the_database_by_the_flush_alone(world: World) -> None:
    told(world)
    assert world.store.writes == 0

    with listening() as measured:
        report = world.flush()
    assert_kept(world)
    assert (report.claimed, report.written, report.finished) == (3, 3, True)
    assert measured.of("ProgressWritten") == [3]
    assert measured.of("ProgressFlushLag")[0] >= 0
    assert world.store.writes == 3


def test_a_flush_with_nothing_to_do_writes_nothing(world: World) -> None:
    told(world)
    world.flush()
    with listening() as measured:
        report = world.flush()
    assert measured == []

    assert (report.claimed, world.store.writes) == (0, 3)


def test_a_flush_killed_at_any_moment_loses_and_doubles_nothing() -> None:
    for step in itertools.count(1):
        world = World()
        told(world)
        if not world.flush_until(step, kill):
            break
        world.leases_run_out()
        world.flush()
        assert_kept(world)
        assert world.store.writes == 3
        assert not world.live.dirty
        assert not world.live.flight
    assert step > 10


def test_two_flushes_that_overlap_at_any_moment_write_each_state_once() -> None:
    for step in itertools.count(1):
        world = World()
        told(world)
        if not world.flush_until(step, lambda: _again(world)):  # noqa: B023
            break
        assert_kept(world)
        assert world.store.writes == 3
        assert not world.live.dirty


def test_a_flush_that_outlives_its_lease_harms_nothing() -> None:
    for step in itertools.count(1):
        world = World()
        told(world)
        if not world.flush_until(step, lambda: _late(world)):  # noqa: B023
            break
        world.leases_run_out()
        world.flush()
        assert world.position() == ("tv", 20)
        assert world.kept(movie="mov_2").times_completed == 1
        assert not world.live.dirty
        assert not world.live.flight


def test_what_is_reported_during_a_flush_is_not_forgotten() -> None:
    for step in itertools.count(1):
        world = World()
        told(world)
        if not world.flush_until(step, lambda: world.post(20, client_ms=2)):  # noqa: B023
            break
        assert world.get().position_seconds == 20
        world.leases_run_out()
        world.flush()
        assert world.position() == ("tv", 20)


def _again(world: World) -> None:
    world.flush()


def _late(world: World) -> None:
    world.leases_run_out()
    world.post(20, client_ms=2)
    world.flush()


def test_a_database_that_is_away_for_a_moment_is_tried_again(world: World) -> None:
    told(world)
    world.store.away = True
    world.pauses.clear()

    def come_back() -> None:
        if len(world.pauses) == 2:
            world.store.away = False

    report = world.flush(come_back)
    assert_kept(world)
    assert report.retried == 2
    assert all(0 <= pause <= 2 for pause in world.pauses)


def test_a_database_that_stays_away_costs_some_tries_and_loses_nothing(world: World) -> None:
    told(world)
    world.store.away = True
    with pytest.raises(TransientError):
        world.flush()
    assert len(world.pauses) == ATTEMPTS - 1
    assert world.get().position_seconds == 10

    world.store.away = False
    world.leases_run_out()
    world.flush()
    assert_kept(world)


def test_more_than_a_batch_is_flushed_whole(world: World) -> None:
    for number in range(BATCH + 7):
        world.post(10, movie=f"mov_{number}")
    report = world.flush()

    assert (report.written, report.batches) == (BATCH + 7, 2)


def test_a_repetition_costs_no_write(world: World) -> None:
    told(world)
    world.flush()
    world.post(10, client_ms=1)

    assert world.flush().claimed == 0


def test_an_entry_that_is_gone_is_let_go(world: World) -> None:
    told(world)
    world.live.entries.clear()
    report = world.flush()

    assert (report.claimed, report.written) == (3, 0)
    assert not world.live.flight


def test_a_flush_is_counted(world: World) -> None:
    told(world)
    world.flush()

    assert world.metrics.kept['progress_flush_total{what="written"}'] == 3
    assert world.metrics.kept["progress_flushes_total"] == 1


def test_a_viewer_deleted_while_a_flush_writes_is_swept_afterwards(world: World) -> None:
    told(world)

    def forget() -> None:
        world.live.forget("ann")
        world.store.delete("ann")

    world.flush_until(4, forget)
    assert any(key.viewer == "ann" for key in world.store.kept)
    world.time.pass_seconds(121)
    report = world.flush()

    assert set(world.store.kept) == {WatchKey("bob", "mov_3")}
    assert report.swept == 2
    assert world.flush().swept == 0
