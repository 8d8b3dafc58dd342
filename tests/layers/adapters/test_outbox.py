"""Saying facts: never in the way of whoever says one."""

from __future__ import annotations

import logging

import pytest
from marquee.adapters.database import Database
from marquee.adapters.outbox import DatabaseOutbox, OutboxEvents
from marquee.domain import ids
from marquee.domain.clock import utc_now
from marquee.domain.errors import TransientError
from marquee.domain.events import asset_deleted

from tests.fakes_webhooks import Wakes

NOW = utc_now()


@pytest.fixture
def database(database_uri: str) -> Database:
    return Database(lambda: database_uri, f"outbox_{ids.new_job_id()}")


def test_a_fact_is_kept_and_a_word_goes_to_whoever_tells_it_on(database: Database) -> None:
    wakes = Wakes()
    OutboxEvents(database, lambda: wakes).announce(asset_deleted("ast_1", NOW))
    assert [event.id for event in DatabaseOutbox(database).waiting(10)] == ["evt_ast_1_asset-deleted"]
    assert wakes.delays == [0.0]
    database.close()


def test_what_is_only_intended_wakes_nobody(database: Database) -> None:
    wakes = Wakes()
    OutboxEvents(database, lambda: wakes).intend(asset_deleted("ast_1", NOW))
    assert len(DatabaseOutbox(database).waiting(10)) == 1
    assert wakes.delays == []
    database.close()


def test_a_fact_said_twice_is_kept_once(database: Database) -> None:
    wakes = Wakes()
    events = OutboxEvents(database, lambda: wakes)
    for _ in range(2):
        events.announce(asset_deleted("ast_1", NOW))
    assert len(DatabaseOutbox(database).waiting(10)) == 1
    database.close()


def test_a_fact_that_cannot_be_said_is_not_in_the_way(caplog: pytest.LogCaptureFixture) -> None:
    class Away(Database):
        def run(self, *_: object) -> object:  # type: ignore[override]
            raise TransientError("The database cannot be reached.")

    events = OutboxEvents(Away(lambda: "", "none"), Wakes)
    with caplog.at_level(logging.WARNING):
        events.announce(asset_deleted("ast_1", NOW))
    assert "event not said yet" in caplog.text
    with pytest.raises(TransientError):  # but a deletion has to wait until it can be
        events.intend(asset_deleted("ast_1", NOW))
