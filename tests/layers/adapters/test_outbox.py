"""Saying facts: cheap while nobody listens, never in the way of whoever says one."""

from __future__ import annotations

import logging

import pytest
from marquee.adapters.database import Database
from marquee.adapters.outbox import ASKED_AGAIN_AFTER_SECONDS, DatabaseOutbox, OutboxEvents
from marquee.adapters.webhooks import DatabaseEndpoints
from marquee.domain import ids
from marquee.domain.clock import utc_now
from marquee.domain.errors import TransientError
from marquee.domain.events import asset_deleted
from marquee.domain.webhooks import Endpoint, SealedSecret

from tests.fakes_webhooks import Wakes

NOW = utc_now()


class Ticks:
    """A monotonic clock."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database(database_uri: str) -> Database:
    return Database(lambda: database_uri, f"outbox_{ids.new_job_id()}")


def listening(database: Database) -> None:
    secret = SealedSecret(sealed="s", created_at=NOW)
    endpoint = Endpoint(
        id=ids.new_webhook_endpoint_id(),
        url="https://a.example.com/",
        enabled_at=NOW,
        created_at=NOW,
        updated_at=NOW,
        secrets=(secret,),
    )
    DatabaseEndpoints(database).add(endpoint)


def test_nothing_is_written_and_nobody_woken_while_nobody_listens(database: Database) -> None:
    wakes = Wakes()
    OutboxEvents(database, lambda: wakes).announce(asset_deleted("ast_1", NOW))
    assert DatabaseOutbox(database).waiting(10) == []
    assert wakes.delays == []
    database.close()


def test_a_new_listener_is_noticed_within_half_a_minute_and_at_once_by_a_deletion(database: Database) -> None:
    ticks, wakes = Ticks(), Wakes()
    events = OutboxEvents(database, lambda: wakes, monotonic=ticks)
    events.announce(asset_deleted("ast_1", NOW))
    listening(database)
    events.announce(asset_deleted("ast_2", NOW))
    assert DatabaseOutbox(database).waiting(10) == []
    events.intend(asset_deleted("ast_3", NOW))
    ticks.now += ASKED_AGAIN_AFTER_SECONDS
    events.announce(asset_deleted("ast_4", NOW))

    assert [e.id for e in DatabaseOutbox(database).waiting(10)] == [
        "evt_ast_3_asset-deleted",
        "evt_ast_4_asset-deleted",
    ]
    assert wakes.delays == [0.0]
    database.close()


def test_a_fact_said_twice_is_kept_once(database: Database) -> None:
    listening(database)
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
