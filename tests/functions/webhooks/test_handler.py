"""`webhooks` through its real entry, over stores in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from marquee.domain.clock import utc_now
from marquee.domain.webhook_targets import TargetPolicy
from marquee.domain.webhooks import Answered, Attempt
from marquee.services.webhook_deliveries import WebhookDeliveries
from marquee.services.webhook_endpoints import MAX_ENDPOINTS, WebhookEndpoints
from standardwebhooks import Webhook
from webhooks.handler import lambda_handler
from webhooks.wiring import wiring

from tests.fakes_webhooks import OpenSealer
from tests.platform import CONTEXT, Answer, Platform, answer_of, http_event
from tests.webhook_world import URL, WebhookWorld

BASE = "/api/v1/webhooks"


@pytest.fixture
def world(platform: Platform) -> Iterator[WebhookWorld]:
    world = WebhookWorld(now=utc_now())
    policy = TargetPolicy()
    stores = {
        "endpoints": world.endpoints,
        "webhook_endpoints": WebhookEndpoints(world.endpoints, OpenSealer(), policy, world.clock),
        "webhook_deliveries": WebhookDeliveries(world.endpoints, world.deliveries, world.wakes, world.clock),
    }
    with platform.within(wiring, **stores):
        yield world


def call(method: str, path: str = "", body: object = None, groups: str = "admin") -> Answer:
    """A call by somebody of these groups."""
    event = http_event(method, BASE + path, body)
    claims = {"sub": "sub-1", "username": "somebody", "cognito:groups": f"[{groups}]"}
    event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    return answer_of(lambda_handler(event, CONTEXT))


def created(**more: object) -> dict[str, Any]:
    answer = call("POST", body={"url": URL, **more})
    assert answer.status == 201
    found: dict[str, Any] = answer.body
    return found


def test_a_secret_is_shown_once_and_kept_sealed(world: WebhookWorld) -> None:
    made = created(description="mine", event_types=["asset.ready", "asset.ready"])
    shown = call("GET", f"/{made['id']}").body

    assert made["secret"].startswith("whsec_")
    Webhook(made["secret"])
    assert "secret" not in shown
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert (shown["status"], shown["event_types"]) == ("enabled", ["asset.ready"])
    assert world.endpoints.kept[made["id"]].secrets[0].sealed == f"{made['id']}|{made['secret']}"


@pytest.mark.parametrize("url", ["http://hooks.example.com/", "https://127.0.0.1/", "https://u:p@a.example.com/"])
def test_addresses_where_webhooks_are_not_sent_are_a_422(world: WebhookWorld, url: str) -> None:
    made = created()
    for answer in (call("POST", body={"url": url}), call("PATCH", f"/{made['id']}", {"url": url})):
        assert (answer.status, answer.body["code"]) == (422, "forbidden_target")


@pytest.mark.parametrize("body", [{}, {"url": URL, "event_types": ["asset.exploded"]}, {"url": ""}, {"url": 7}, []])
def test_a_wrong_body_is_a_422(world: WebhookWorld, body: object) -> None:
    assert call("POST", body=body).status == 422


def test_endpoints_are_listed_newest_first(world: WebhookWorld) -> None:
    made = sorted((created()["id"] for _ in range(3)), reverse=True)
    first = call("GET", "?limit=2").body
    second = call("GET", f"?limit=2&cursor={first['next_cursor']}").body
    assert [item["id"] for item in first["items"] + second["items"]] == made
    assert second["next_cursor"] is None


def test_an_endpoint_is_changed_disabled_and_enabled_anew(world: WebhookWorld) -> None:
    made = created()
    path = f"/{made['id']}"
    changed = call("PATCH", path, {"url": "https://new.example.com/", "event_types": ["asset.failed"]}).body
    assert (changed["url"], changed["event_types"], changed["status"]) == (
        "https://new.example.com/",
        ["asset.failed"],
        "enabled",
    )
    off = call("PATCH", path, {"enabled": False}).body
    assert (off["status"], off["disabled_reason"]) == ("disabled", "by_request")
    world.pass_time(timedelta(hours=1))
    on = call("PATCH", path, {"enabled": True}).body
    assert (on["status"], on["disabled_reason"], on["disabled_at"]) == ("enabled", None, None)
    assert world.endpoints.kept[made["id"]].enabled_at == world.now


def test_a_rotated_secret_signs_beside_the_new_one_for_the_overlap(world: WebhookWorld) -> None:
    made = created()
    rotated = call("POST", f"/{made['id']}/rotate", {"overlap_hours": 2}).body
    assert rotated["secret"] not in {None, made["secret"]}
    kept = world.endpoints.kept[made["id"]]
    valid = [OpenSealer().open(s.sealed, owner=kept.id) for s in kept.valid_secrets(world.now)]
    assert set(valid) == {rotated["secret"], made["secret"]}
    world.pass_time(timedelta(hours=3))
    (left,) = kept.valid_secrets(world.now)
    assert OpenSealer().open(left.sealed, owner=kept.id) == rotated["secret"]
    assert call("GET", f"/{made['id']}").body["old_secret_until"] is None


def test_rotating_without_overlap_ends_the_old_secret_at_once(world: WebhookWorld) -> None:
    made = created()
    call("POST", f"/{made['id']}/rotate", {"overlap_hours": 0})
    assert len(world.endpoints.kept[made["id"]].secrets) == 1


def test_a_deleted_endpoint_is_gone(world: WebhookWorld) -> None:
    path = f"/{created()['id']}"
    assert [call("DELETE", path).status for _ in range(2)] == [204, 404]
    assert call("GET", path).status == 404


def test_there_is_an_end_to_endpoints(world: WebhookWorld) -> None:
    for _ in range(MAX_ENDPOINTS):
        created()
    answer = call("POST", body={"url": URL})
    assert (answer.status, answer.body["code"]) == (409, "too_many_endpoints")


def test_a_test_message_goes_to_this_endpoint_alone_whatever_it_wants(world: WebhookWorld) -> None:
    made = created(event_types=["asset.ready"])
    created()
    answer = call("POST", f"/{made['id']}/test")
    world.deliver()
    log = call("GET", f"/{made['id']}/deliveries").body["items"]

    assert answer.status == 202
    assert world.wakes.delays == [0.0]
    assert [(d["id"], d["event_type"], d["status"]) for d in log] == [
        (answer.body["delivery_id"], "webhook.test", "delivered")
    ]
    assert len(world.receivers.came) == 1


def test_the_log_says_what_each_attempt_came_to(world: WebhookWorld) -> None:
    made = created()
    world.receivers.answers[URL] = Answered(status_code=500, response_body="oops", latency_ms=12)
    world.said()
    world.dispatch()
    world.deliver()
    (item,) = call("GET", f"/{made['id']}/deliveries").body["items"]
    (attempt,) = item["attempts"]

    assert (item["status"], item["event_type"]) == ("pending", "upload.completed")
    assert {name: attempt[name] for name in ("outcome", "status_code", "latency_ms", "response_body")} == {
        "outcome": "refused",
        "status_code": 500,
        "latency_ms": 12,
        "response_body": "oops",
    }
    assert item["next_attempt_at"] is not None


@pytest.mark.parametrize(("minutes", "outcome"), [(1, "running"), (-1, "interrupted")])
def test_an_attempt_without_an_answer_runs_or_was_interrupted(world: WebhookWorld, minutes: int, outcome: str) -> None:
    made = created()
    world.said()
    world.dispatch()
    delivery = world.delivery()
    changes = {
        "attempts": (Attempt(number=1, started_at=world.now),),
        "lease": "x",
        "next_attempt_at": world.now + timedelta(minutes=minutes),
    }
    world.deliveries.kept[delivery.id] = delivery.model_copy(update=changes)
    (item,) = call("GET", f"/{made['id']}/deliveries").body["items"]
    assert [attempt["outcome"] for attempt in item["attempts"]] == [outcome]


def test_a_message_is_sent_again_under_its_own_id_and_its_log_names_the_first(world: WebhookWorld) -> None:
    made = created()
    event = world.said()
    world.dispatch()
    world.deliver()
    first = world.delivery()
    answer = call("POST", f"/deliveries/{first.id}/replay")
    world.deliver()
    newest, oldest = call("GET", f"/{made['id']}/deliveries").body["items"]

    assert answer.status == 202
    assert (newest["id"], newest["replay_of"], newest["status"]) == (
        answer.body["delivery_id"],
        first.id,
        "delivered",
    )
    assert (oldest["id"], oldest["replay_of"]) == (first.id, None)
    assert [headers["webhook-id"] for _, headers, _ in world.receivers.came] == [event.id] * 2
    assert world.receivers.came[0][2] == world.receivers.came[1][2]


def test_what_is_still_tried_or_leads_nowhere_is_not_sent_again(world: WebhookWorld) -> None:
    made = created()
    world.said()
    world.dispatch()
    waiting = world.delivery().id
    assert call("POST", f"/deliveries/{waiting}/replay").body["code"] == "delivery_pending"
    world.deliver()
    call("PATCH", f"/{made['id']}", {"enabled": False})
    assert call("POST", f"/deliveries/{waiting}/replay").body["code"] == "endpoint_disabled"
    assert call("POST", f"/{made['id']}/test").body["code"] == "endpoint_disabled"
    assert call("POST", "/deliveries/whd_none/replay").status == 404


def test_an_unknown_endpoint_is_a_404(world: WebhookWorld) -> None:
    for method, tail, body in (
        ("GET", "", None),
        ("PATCH", "", {}),
        ("POST", "/rotate", {}),
        ("POST", "/test", None),
        ("GET", "/deliveries", None),
    ):
        assert call(method, f"/whe_none{tail}", body).status == 404


def test_only_administrators_get_in(world: WebhookWorld, platform: Platform) -> None:
    made = created()
    for method, path in (
        ("POST", ""),
        ("GET", ""),
        ("GET", f"/{made['id']}"),
        ("PATCH", f"/{made['id']}"),
        ("DELETE", f"/{made['id']}"),
        ("POST", f"/{made['id']}/rotate"),
        ("POST", f"/{made['id']}/test"),
        ("GET", f"/{made['id']}/deliveries"),
        ("POST", "/deliveries/whd_1/replay"),
    ):
        assert platform.call(lambda_handler, method, BASE + path, {"url": URL}).status == 401
        assert call(method, path, {"url": URL}, "premium").status == 403


def test_settings_open_the_loopback_only_when_they_say_so() -> None:
    from webhooks.wiring import WebhooksWiring

    for loopback in (False, True):
        fresh = WebhooksWiring(SimpleNamespace)  # type: ignore[arg-type]
        vars(fresh).update(settings=SimpleNamespace(webhooks_loopback=loopback), endpoints=None, sealer=None)
        assert fresh.webhook_endpoints.policy.loopback is loopback
