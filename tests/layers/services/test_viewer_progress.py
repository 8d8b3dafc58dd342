"""What is kept of one viewer, to hand out and to remove."""

from __future__ import annotations

import pytest
from marquee.domain.errors import TransientError, Unauthenticated
from marquee.services.viewer_progress import ViewerProgress

from tests.layers.services.progress_world import World


@pytest.fixture
def world() -> World:
    world = World()
    world.post(95, client_ms=1, movie="mov_old")
    world.flush()
    world.live.entries.clear()
    world.post(20, client_ms=2, movie="mov_old")
    world.post(30, client_ms=1, movie="mov_new")
    world.post(40, client_ms=1, viewer="bob")
    return world


def test_an_export_has_every_movie_as_it_is_now(world: World) -> None:
    found = ViewerProgress(world.live, world.store).export("ann")

    assert [(movie["movie_id"], movie["position_seconds"], movie["times_completed"]) for movie in found] == [
        ("mov_new", 30.0, 0),
        ("mov_old", 20.0, 1),
    ]
    assert all(isinstance(movie["updated_at"], str) for movie in found)
    assert ViewerProgress(world.live, world.store).export("nobody") == []


def test_what_is_erased_is_in_no_store_and_comes_back_by_no_flush(world: World) -> None:
    personal = ViewerProgress(world.live, world.store)

    assert (personal.erase("ann"), personal.erase("ann")) == (2, 0)
    with pytest.raises(Unauthenticated):
        world.post(50, client_ms=9)
    world.flush()
    assert personal.export("ann") == []
    assert len(personal.export("bob")) == 1


@pytest.mark.parametrize("store", ["live", "store"])
def test_neither_is_done_by_halves(world: World, store: str) -> None:
    getattr(world, store).away = True
    personal = ViewerProgress(world.live, world.store)

    with pytest.raises(TransientError):
        personal.export("ann")
    with pytest.raises(TransientError):
        personal.erase("ann")
