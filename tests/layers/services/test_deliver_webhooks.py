"""Delivery: signatures, retries, leases, and when an endpoint is given up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest
from marquee.domain.clock import utc_now
from marquee.domain.webhooks import MAX_ATTEMPTS, RETRY_AFTER, Answered, SealedSecret
from marquee.services.deliver_webhooks import LEASE
from standardwebhooks import Webhook, WebhookVerificationError

from tests.fakes_webhooks import OpenSealer
from tests.measured import listening
from tests.webhook_world import URL, WebhookWorld

DOWN = Answered(status_code=503, response_body="busy", latency_ms=7)


@pytest.fixture
def world() -> WebhookWorld:
    return WebhookWorld()


def told(world: WebhookWorld) -> None:
    world.dispatch()
    world.deliver()


def test_an_event_arrives_signed_as_the_standard_s_library_wants_it() -> None:
    world = WebhookWorld(now=utc_now())  # the library knows no other clock
    endpoint = world.endpoint()
    event = world.said()
    with listening() as measured:
        told(world)
    assert (measured.of("WebhooksDelivered"), measured.of("WebhooksFailed")) == ([1], [0])

    ((url, headers, body),) = world.receivers.came
    secret = OpenSealer().open(endpoint.secrets[0].sealed, owner=endpoint.id)
    payload = Webhook(secret).verify(body, dict(headers))
    assert (url, headers["webhook-id"], payload) == (URL, event.id, json.loads(event.payload()))
    assert payload["type"] == "upload.completed"
    assert payload["data"] == {"upload_id": "upl_1", "asset_id": "ast_1", "job_id": "job_1"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace("ast_1", "ast_2"), dict(headers))


def test_while_two_secrets_are_valid_both_sign_and_an_old_one_stops() -> None:
    world = WebhookWorld(now=utc_now())  # the library knows no other clock
    endpoint = world.endpoint()
    old = OpenSealer().open(endpoint.secrets[0].sealed, owner=endpoint.id)
    new = "whsec_" + "bmV3LXNlY3JldC1uZXctc2VjcmV0LW5ldy1zZWNyZXQ="
    leaving = endpoint.secrets[0].model_copy(update={"expires_at": world.now + timedelta(minutes=1)})
    coming = SealedSecret(sealed=OpenSealer().seal(new, owner=endpoint.id), created_at=world.now)
    world.endpoints.replace(endpoint.model_copy(update={"secrets": (coming, leaving)}))
    world.said("upl_1")
    told(world)
    world.pass_time(timedelta(minutes=2))
    world.said("upl_2")
    told(world)

    (_, both, first), (_, one, second) = world.receivers.came
    assert len(both["webhook-signature"].split()) == 2
    for secret in (old, new):
        Webhook(secret).verify(first, dict(both))
    Webhook(new).verify(second, dict(one))
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(second, dict(one))


def test_only_endpoints_that_want_an_event_get_it_and_none_of_before_they_were_there(world: WebhookWorld) -> None:
    world.said("upl_0")
    world.pass_time(timedelta(seconds=1))
    world.endpoint("https://all.example.com/")
    world.endpoint("https://ready.example.com/", event_types=("asset.ready",))
    world.endpoint("https://uploads.example.com/", event_types=("upload.completed",))
    world.endpoint("https://off.example.com/", status="disabled")
    world.said("upl_1")
    told(world)

    assert sorted(url for url, *_ in world.receivers.came) == [
        "https://all.example.com/",
        "https://uploads.example.com/",
    ]


def test_an_event_dispatched_twice_is_delivered_once(world: WebhookWorld) -> None:
    world.endpoint()
    world.said()
    world.dispatch()
    world.outbox.dispatched.clear()  # the first one died before it said that it was done
    told(world)
    world.deliver()

    assert len(world.receivers.came) == 1


def test_failures_are_tried_again_at_growing_distances_until_there_were_ten(world: WebhookWorld) -> None:
    world.endpoint()
    world.receivers.answers[URL] = DOWN
    world.said()
    told(world)
    for number, pause in enumerate(RETRY_AFTER, 1):
        assert len(world.delivery().attempts) == number
        due = world.delivery().next_attempt_at
        assert due is not None
        assert pause <= due - world.now <= pause * 1.2
        world.now = due - timedelta(seconds=1)
        world.deliver()
        assert len(world.delivery().attempts) == number
        world.now = due
        world.deliver()

    done = world.delivery()
    assert (done.status, done.reason, len(done.attempts)) == ("failed", "attempts_exhausted", MAX_ATTEMPTS)
    assert {attempt.answered for attempt in done.attempts} == {DOWN}
    assert len({headers["webhook-timestamp"] for _, headers, _ in world.receivers.came}) == MAX_ATTEMPTS


def test_whoever_delivers_is_woken_for_what_is_due_soon(world: WebhookWorld) -> None:
    world.endpoint()
    world.receivers.answers[URL] = DOWN
    world.said()
    told(world)

    assert world.wakes.delays == [5 * 1.1]


def test_a_success_ends_the_trying_and_forgives_the_endpoint(world: WebhookWorld) -> None:
    endpoint = world.endpoint()
    world.receivers.answers[URL] = DOWN
    world.said()
    told(world)
    assert world.endpoints.kept[endpoint.id].failing_since == world.now
    del world.receivers.answers[URL]
    world.pass_time(timedelta(minutes=1))
    world.deliver()

    assert world.delivery().status == "delivered"
    assert [a.answered.accepted for a in world.delivery().attempts if a.answered] == [False, True]
    assert world.endpoints.kept[endpoint.id].failing_since is None


@pytest.mark.parametrize("status", [199, 301, 302, 307, 400, 500])
def test_only_2xx_is_success(world: WebhookWorld, status: int) -> None:
    world.endpoint()
    world.receivers.answers[URL] = Answered(status_code=status)
    world.said()
    told(world)

    assert world.delivery().status == "pending"


def test_a_receiver_that_is_gone_is_not_asked_again(world: WebhookWorld) -> None:
    endpoint = world.endpoint()
    world.receivers.answers[URL] = Answered(status_code=410)
    world.said("upl_1")
    told(world)
    world.said("upl_2")
    world.pass_time(timedelta(days=2))
    told(world)

    kept = world.endpoints.kept[endpoint.id]
    assert (kept.status, kept.disabled_reason) == ("disabled", "gone")
    assert (world.delivery().status, world.delivery().reason) == ("failed", "endpoint_gone")
    assert len(world.receivers.came) == 1


def test_an_endpoint_is_disabled_after_days_of_nothing_but_failures(world: WebhookWorld) -> None:
    endpoint = world.endpoint()
    world.receivers.answers[URL] = DOWN
    for day in range(7):
        world.said(f"upl_{day}")
        told(world)
        world.pass_time(timedelta(days=1))

    kept = world.endpoints.kept[endpoint.id]
    assert (kept.status, kept.disabled_reason) == ("disabled", "failing")
    assert kept.disabled_at == endpoint.created_at + timedelta(days=5)
    assert {d.reason for d in world.deliveries.kept.values()} == {"endpoint_disabled"}


def test_deliveries_to_an_endpoint_that_was_deleted_end(world: WebhookWorld) -> None:
    endpoint = world.endpoint()
    world.said()
    world.dispatch()
    world.endpoints.delete(endpoint.id)
    world.deliver()

    assert (world.delivery().status, world.delivery().reason) == ("failed", "endpoint_deleted")
    assert world.receivers.came == []


def test_an_endpoint_that_fails_does_not_hold_up_the_others_nor_is_it_hammered(world: WebhookWorld) -> None:
    for url in ("https://bad.example.com/", "https://good.example.com/"):
        world.endpoint(url)
    world.receivers.answers["https://bad.example.com/"] = Answered(error="timed_out")
    for number in range(200):
        world.said(f"upl_{number}")
    told(world)

    urls = [url for url, *_ in world.receivers.came]
    assert (urls.count("https://good.example.com/"), urls.count("https://bad.example.com/")) == (200, 1)


def test_two_at_once_never_make_the_same_attempt(world: WebhookWorld) -> None:
    world.endpoint()
    world.said()
    world.dispatch()
    first = world.deliver.post

    def post(url: str, headers: Mapping[str, str], body: str) -> Answered:
        world.deliver()  # another round, while this attempt runs
        return first(url, headers, body)

    object.__setattr__(world.deliver, "post", post)
    world.deliver()

    assert len(world.receivers.came) == 1
    assert len(world.delivery().attempts) == 1


def test_whoever_died_with_a_delivery_leaves_it_due_again_after_his_lease(world: WebhookWorld) -> None:
    class Killed(BaseException):
        pass

    def die(url: str, headers: Mapping[str, str], body: str) -> Answered:
        raise Killed

    world.endpoint()
    world.said()
    world.dispatch()
    alive = world.deliver.post
    object.__setattr__(world.deliver, "post", die)
    with pytest.raises(Killed):
        world.deliver()
    object.__setattr__(world.deliver, "post", alive)
    world.deliver()
    assert world.receivers.came == []
    world.pass_time(LEASE)
    world.deliver()

    assert world.delivery().status == "delivered"
    assert [attempt.answered is None for attempt in world.delivery().attempts] == [True, False]


def test_a_late_answer_of_a_lost_lease_changes_nothing(world: WebhookWorld) -> None:
    world.endpoint()
    world.said()
    world.dispatch()
    (delivery,) = world.deliveries.due(world.now, 10, set())
    slow = delivery.model_copy(update={"lease": "slow", "next_attempt_at": world.now + LEASE})
    assert world.deliveries.take(delivery, slow)
    world.pass_time(LEASE)
    world.deliver()
    done = world.delivery()

    assert not world.deliveries.release(slow.model_copy(update={"status": "pending"}), lease="slow")
    assert world.delivery() == done
