"""What was said goes on the bus once it stands, in its order, whatever the bus does meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from marquee.domain.events import asset_deleted
from marquee.services import publish_events

from tests.made_up_assets import made_up_asset
from tests.webhook_world import WebhookWorld


@pytest.fixture
def world() -> WebhookWorld:
    return WebhookWorld()


def say(world: WebhookWorld, *names: str) -> None:
    for name in names:
        world.pass_time(timedelta(seconds=1))
        world.said(name)


def test_facts_are_published_in_order_and_once_with_nobody_waiting_for_webhooks(world: WebhookWorld) -> None:
    say(world, "upl_2", "upl_1")
    assert world.publish() == 0  # not before it stands
    world.dispatch()
    assert (world.publish(), world.publish()) == (2, 0)
    assert [event.message()["upload_id"] for event in world.bus.taken] == ["upl_2", "upl_1"]


def test_a_bus_that_was_away_gets_everything_later(world: WebhookWorld) -> None:
    say(world, "upl_1")
    world.dispatch()
    world.bus.away = True
    assert world.publish() == 0
    world.bus.away = False
    assert world.publish() == 1


def test_what_the_bus_does_not_take_holds_up_nothing_else(world: WebhookWorld) -> None:
    world.bus.refused = {"asset.deleted"}
    world.outbox.put(asset_deleted("ast_1", world.now))
    say(world, "upl_1")
    world.dispatch()
    assert (world.publish(), world.publish()) == (1, 0)
    world.bus.refused = set()
    assert world.publish() == 1


def test_a_deletion_that_did_not_come_about_is_not_published(world: WebhookWorld) -> None:
    asset = made_up_asset(world.now)
    world.assets.add(asset)
    world.outbox.put(asset_deleted(asset.id, world.now))
    world.dispatch()
    assert world.publish() == 0
    world.assets.delete(asset.id)
    world.dispatch()
    assert world.publish() == 1


def test_a_long_queue_is_published_whole(world: WebhookWorld) -> None:
    say(world, *(f"upl_{number}" for number in range(publish_events.PAGE + 3)))
    world.dispatch()
    assert world.publish() == publish_events.PAGE + 3
