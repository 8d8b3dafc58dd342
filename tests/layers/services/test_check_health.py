"""Dependencies are asked at once, and nobody waits for one that hangs."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Barrier, Event

import pytest
from marquee.domain.errors import TransientError
from marquee.services.check_health import CheckHealth


@pytest.fixture
def released() -> Iterator[Event]:
    """Set when the test is over: what hangs then ends."""
    event = Event()
    yield event
    event.set()


def away() -> None:
    raise TransientError("It cannot be reached.")


def broken() -> None:
    raise KeyError("DATABASE_SECRET_ARN")


def test_all_are_asked_at_once() -> None:
    # each waits for the other to be asked
    both = Barrier(2)
    health = CheckHealth({"database": lambda: both.wait(30), "cache": lambda: both.wait(30)}, 30)()

    assert health.dependencies == {"database": "ok", "cache": "ok"}


def test_one_that_hangs_is_away_and_is_not_asked_again_meanwhile(released: Event) -> None:
    asked: list[str] = []

    def hang() -> None:
        asked.append("cache")
        released.wait(60)

    check = CheckHealth({"database": lambda: asked.append("database"), "cache": hang}, 1, 1)
    states = [check().dependencies for _ in range(3)]

    assert states == [{"database": "ok", "cache": "away"}] * 3
    assert (asked.count("cache"), asked.count("database")) == (1, 3)


@pytest.mark.parametrize("ask", [away, broken])
def test_one_that_fails_is_away_whatever_the_reason(ask: object) -> None:
    assert callable(ask)
    health = CheckHealth({"database": lambda: None, "cache": ask})()

    assert (health.status, health.can_serve) == ("degraded", True)
    assert health.seconds["cache"] is None
    assert health.seconds["database"] is not None
