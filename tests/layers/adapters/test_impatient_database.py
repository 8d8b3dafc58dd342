"""A database that is away is not waited for long, and not again at once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from marquee.adapters.database import Database
from marquee.adapters.impatient_database import REST_SECONDS, ImpatientDatabase
from marquee.domain.deadline import Allowance, database_allowance
from marquee.domain.errors import TransientError


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def silent_server() -> Iterator[str]:
    """Takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        yield f"mongodb://127.0.0.1:{listening.getsockname()[1]}/?directConnection=true"


def asked(database: Database) -> list[str]:
    return database.run("movies", lambda movies: [str(movie) for movie in movies.find().sort("_id", 1)])


def test_a_silent_server_is_given_up_and_left_alone_for_a_while() -> None:
    clock = Clock()
    attempts: list[str] = []
    with silent_server() as uri:

        def read_uri() -> str:
            attempts.append(uri)
            return uri

        database = ImpatientDatabase(read_uri, "films", patience_seconds=0.05, monotonic=clock, sleep=lambda _: None)
        with pytest.raises(TransientError, match="cannot be reached"):
            asked(database)
        with pytest.raises(TransientError, match="a moment ago"):
            asked(database)
        clock.now += REST_SECONDS
        with pytest.raises(TransientError, match="cannot be reached"):
            asked(database)
        database.close()
    assert len(attempts) == 1


def test_the_operations_of_a_request_wait_together_no_longer_than_it_may() -> None:
    clock = Clock()
    database = ImpatientDatabase(
        lambda: "mongodb://127.0.0.1:9/?connect=false", "films", patience_seconds=1.5, monotonic=clock
    )

    def slow(_: object) -> str:
        clock.now += 1.2
        return "late"

    def quick(_: object) -> str:
        clock.now += 0.01
        return "at once"

    before = database_allowance.set(Allowance(2.0))
    try:
        assert {database.run("movies", quick) for _ in range(300)} == {"at once"}
        assert [database.run("movies", slow), database.run("movies", slow)] == ["late", "late"]
        with pytest.raises(TransientError, match="too slowly"):
            database.run("movies", slow)
        database_allowance.set(Allowance(2.0))  # the next request
        assert database.run("movies", slow) == "late"
    finally:
        database_allowance.reset(before)
        database.close()


@pytest.mark.contract
def test_a_healthy_database_answers_an_impatient_one(database_uri: str) -> None:
    database = ImpatientDatabase(lambda: database_uri, "impatient")

    assert asked(database) == []
    database.close()
