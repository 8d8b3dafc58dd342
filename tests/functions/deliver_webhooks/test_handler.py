"""`deliver_webhooks` through its real entry, over stores in memory."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from deliver_webhooks.handler import lambda_handler
from deliver_webhooks.wiring import wiring
from marquee.domain.clock import utc_now

from tests.fakes_webhooks import OpenSealer
from tests.platform import CONTEXT
from tests.webhook_world import WebhookWorld


@pytest.fixture
def world() -> Iterator[WebhookWorld]:
    world = WebhookWorld(now=utc_now())
    before = dict(vars(wiring))
    vars(wiring).update(
        settings=SimpleNamespace(),
        endpoints=world.endpoints,
        deliveries=world.deliveries,
        outbox=world.outbox,
        assets=world.assets,
        jobs=world.jobs,
        uploads=world.uploads,
        sealer=OpenSealer(),
        post=world.receivers,
        deliverer=world.wakes,
        event_bus=world.bus,
    )
    yield world
    vars(wiring).clear()
    vars(wiring).update(before)


def test_a_message_of_the_queue_delivers_what_was_said(world: WebhookWorld) -> None:
    world.endpoint()
    world.said()
    done = lambda_handler({"Records": [{"body": "{}"}]}, CONTEXT)
    assert done == {"lost": 0, "dispatched": 1, "published": 1, "accepted": 1, "failed": 0}
    assert world.delivery().status == "delivered"
    assert [event.type for event in world.bus.taken] == ["upload.completed"]


def test_a_bus_that_is_away_delays_no_webhook(world: WebhookWorld) -> None:
    world.endpoint()
    world.said()
    world.bus.away = True
    assert lambda_handler({"Records": [{"body": "{}"}]}, CONTEXT)["accepted"] == 1
    world.bus.away = False
    assert lambda_handler({}, CONTEXT)["published"] == 1


def test_the_schedule_looks_for_what_was_lost_too_and_rests_when_there_is_nothing(world: WebhookWorld) -> None:
    world.endpoint()
    world.said()
    assert lambda_handler({}, CONTEXT)["accepted"] == 1
    assert world.outbox.swept_until() is not None
    assert not any(lambda_handler({}, CONTEXT).values())
