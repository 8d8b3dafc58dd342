"""The contracts of webhooks' stores, on the fakes and on the real database."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from marquee.adapters.outbox import DatabaseOutbox
from marquee.adapters.webhooks import DatabaseDeliveries, DatabaseEndpoints
from marquee.domain import ids
from marquee.domain.clock import utc_now
from marquee.domain.events import Event, asset_deleted
from marquee.domain.webhook_stores import DeliveryStore, EndpointStore, Outbox
from marquee.domain.webhooks import Answered, Attempt, Delivery, Endpoint, SealedSecret, delivery_of

from tests.fakes_webhooks import MemoryDeliveries, MemoryEndpoints, MemoryOutbox

pytestmark = pytest.mark.contract
NOW = utc_now()


@pytest.fixture(params=["memory", "database"])
def endpoints(request: pytest.FixtureRequest) -> EndpointStore:
    if request.param == "memory":
        return MemoryEndpoints()
    return DatabaseEndpoints(request.getfixturevalue("shared_database"))


@pytest.fixture(params=["memory", "database"])
def deliveries(request: pytest.FixtureRequest) -> DeliveryStore:
    if request.param == "memory":
        return MemoryDeliveries()
    return DatabaseDeliveries(request.getfixturevalue("shared_database"))


@pytest.fixture(params=["memory", "database"])
def outbox(request: pytest.FixtureRequest) -> Outbox:
    if request.param == "memory":
        return MemoryOutbox()
    return DatabaseOutbox(request.getfixturevalue("shared_database"))


def endpoint(**more: object) -> Endpoint:
    known = {"secrets": (SealedSecret(sealed="s", created_at=NOW),), "enabled_at": NOW}
    return Endpoint.model_validate(
        {"id": ids.new_webhook_endpoint_id(), "url": "https://a.example.com/", "created_at": NOW, "updated_at": NOW}
        | known
        | more
    )


def event() -> Event:
    return asset_deleted(ids.new_asset_id(), NOW)


def delivery(endpoint_id: str = "whe_x", **more: object) -> Delivery:
    return delivery_of(event(), endpoint_id, NOW).model_copy(update=more)


def test_endpoints_come_back_as_they_were(endpoints: EndpointStore) -> None:
    one = endpoint(event_types=("asset.ready",), description="mine")
    endpoints.add(one)
    assert endpoints.get(one.id) == one
    assert endpoints.get("whe_none") is None
    assert (endpoints.delete(one.id), endpoints.delete(one.id)) == (True, False)


def test_endpoints_are_paged_newest_first_and_the_enabled_ones_oldest_first(endpoints: EndpointStore) -> None:
    made = [endpoint(status=status) for status in ("enabled", "disabled", "enabled")]
    for one in made:
        endpoints.add(one)
    known = {one.id for one in made}
    newest = [e.id for e in endpoints.page(3, None)]
    assert newest == sorted(known, reverse=True)
    assert [e.id for e in endpoints.page(2, newest[0])] == newest[1:]
    assert [e.id for e in endpoints.enabled() if e.id in known] == sorted((made[0].id, made[2].id))


def test_of_two_changes_of_the_same_revision_one_is_kept(endpoints: EndpointStore) -> None:
    one = endpoint()
    endpoints.add(one)
    kept = endpoints.replace(one.model_copy(update={"description": "first"}))
    assert kept is not None
    assert endpoints.replace(one.model_copy(update={"description": "second"})) is None
    assert endpoints.get(one.id) == kept
    assert kept.description == "first"
    assert endpoints.replace(kept.model_copy(update={"id": "whe_none"})) is None


def test_an_event_is_kept_once_and_waits_until_it_is_done(outbox: Outbox) -> None:
    one = event()
    assert (outbox.put(one), outbox.put(one)) == (True, False)
    assert outbox.known({one.id, "evt_none"}) == {one.id}
    assert outbox.known(()) == frozenset()
    assert one in outbox.waiting(1000)
    outbox.done(one.id)
    assert one not in outbox.waiting(1000)
    assert outbox.put(one) is False


def test_an_event_is_published_after_it_is_done_and_once(outbox: Outbox) -> None:
    first, second, dropped = event(), event(), event()
    for said in (first, second, dropped):
        outbox.put(said)
    mine = {first.id, second.id, dropped.id}

    def unpublished() -> set[str]:
        return {said.id for said in outbox.unpublished(1000)} & mine

    assert unpublished() == set()
    outbox.done(first.id)
    outbox.done(second.id)
    outbox.drop(dropped.id)
    assert unpublished() == {first.id, second.id}
    assert not {said.id for said in outbox.waiting(1000)} & mine
    outbox.published([first.id])
    outbox.published([])
    assert unpublished() == {second.id}
    outbox.published([second.id])


def test_the_sweep_s_mark_never_goes_back(outbox: Outbox) -> None:
    outbox.set_swept_until(NOW)
    outbox.set_swept_until(NOW - timedelta(hours=1))
    assert outbox.swept_until() == NOW


def test_a_delivery_is_due_at_its_time_and_not_for_endpoints_left_out(deliveries: DeliveryStore) -> None:
    mine = ids.new_webhook_endpoint_id()
    later = delivery(mine, next_attempt_at=NOW + timedelta(hours=1))
    now, over = delivery(mine), delivery(mine, status="delivered", next_attempt_at=None)
    for one in (later, now, over):
        deliveries.add(one)

    def due(at: timedelta, without: set[str]) -> list[Delivery]:
        return [d for d in deliveries.due(NOW + at, 1000, without) if d.endpoint_id == mine]

    assert due(timedelta(0), set()) == [now]
    assert due(timedelta(hours=1), set()) == [now, later]
    assert due(timedelta(hours=1), {mine}) == []
    assert deliveries.get(now.id) == now


def test_of_many_that_take_a_delivery_one_has_it(deliveries: DeliveryStore) -> None:
    one = delivery()
    deliveries.add(one)
    got: list[str] = []
    start = threading.Barrier(4)

    def take(lease: str) -> None:
        start.wait()
        attempts = (Attempt(number=1, started_at=NOW),)
        changes = {"lease": lease, "next_attempt_at": NOW + timedelta(minutes=1), "attempts": attempts}
        if deliveries.take(one, one.model_copy(update=changes)):
            got.append(lease)

    threads = [threading.Thread(target=take, args=(f"lease-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    there = deliveries.get(one.id)
    assert there is not None
    assert got == [there.lease]


def test_only_the_holder_of_the_lease_says_what_came_of_it(deliveries: DeliveryStore) -> None:
    one = delivery()
    deliveries.add(one)
    taken = one.model_copy(update={"lease": "mine", "next_attempt_at": NOW + timedelta(minutes=1)})
    assert deliveries.take(one, taken)
    assert deliveries.take(one, taken.model_copy(update={"lease": "other"})) is False
    answered = Attempt(number=1, started_at=NOW, answered=Answered(status_code=200, response_body="ok", latency_ms=9))
    done = taken.model_copy(
        update={"status": "delivered", "lease": None, "attempts": (answered,), "next_attempt_at": None}
    )
    assert deliveries.release(done, lease="other") is False
    assert deliveries.release(done, lease="mine") is True
    assert deliveries.get(one.id) == done
    deliveries.add(one)  # made again
    assert deliveries.get(one.id) == done


def test_the_log_of_an_endpoint_is_paged_newest_first(deliveries: DeliveryStore) -> None:
    mine = ids.new_webhook_endpoint_id()
    made = [delivery(mine, id=ids.new_delivery_id()) for _ in range(3)]
    for one in (*made, delivery("whe_other")):
        deliveries.add(one)
    newest = [d.id for d in deliveries.page(mine, 10, None)]
    assert newest == sorted((d.id for d in made), reverse=True)
    assert [d.id for d in deliveries.page(mine, 10, newest[0])] == newest[1:]
