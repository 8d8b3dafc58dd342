"""`flush_progress` through its real entry, over stores in memory."""

from collections.abc import Iterator

import pytest
from flush_progress.handler import lambda_handler
from flush_progress.wiring import wiring
from marquee.domain.errors import TransientError

from tests.layers.services.progress_world import World
from tests.platform import CONTEXT, Platform


@pytest.fixture
def world(platform: Platform) -> Iterator[World]:
    world = World()
    with platform.within(wiring, live_watch=world.live, watch_progress=world.store):
        yield world


def test_a_run_brings_everything_and_says_how_much(world: World) -> None:
    world.post(30, client_ms=1)
    world.post(30, client_ms=1, movie="mov_2")
    report = lambda_handler({}, CONTEXT)

    assert (report["claimed"], report["written"], report["left"], report["finished"]) == (2, 2, 0, True)
    assert world.position() == ("tv", 30)
    assert lambda_handler({}, CONTEXT)["written"] == 0


def test_a_run_without_valkey_fails_for_a_while(world: World) -> None:
    world.live.away = True
    with pytest.raises(TransientError):
        lambda_handler({}, CONTEXT)
