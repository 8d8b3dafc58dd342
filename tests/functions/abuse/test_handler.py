"""`abuse` through its real entry, over limits in memory."""

from __future__ import annotations

from typing import Any

import pytest
from abuse.handler import lambda_handler
from abuse.wiring import wiring
from marquee.domain.abuse import Suspicion

from tests.fakes_limits import MemoryLimits
from tests.platform import CONTEXT, Answer, Platform, answer_of, http_event

BLOCKS = "/api/v1/abuse/blocks"
ADMIN = {"sub": "root", "username": "root", "cognito:groups": "[admin]"}
VIEWER = {"sub": "ann", "username": "ann", "cognito:groups": "[free]"}


def ask(platform: Platform, method: str, path: str, claims: dict[str, str] | None = ADMIN) -> Answer:
    event: dict[str, Any] = http_event(method, path)
    if claims is not None:
        event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    with platform.within(wiring):
        return answer_of(lambda_handler(event, CONTEXT))


def block(limits: MemoryLimits, address: str) -> None:
    for _ in range(5):  # points fade even between two calls: four times a quarter is a little less than all
        limits.report(address, Suspicion(25.0, "guessing"))


def test_an_administrator_sees_who_is_shut_out_why_and_until_when(platform: Platform) -> None:
    block(platform.limits, "203.0.113.9")
    block(platform.limits, "2001:db8:1:2::")
    answer = ask(platform, "GET", BLOCKS)

    assert answer.status == 200
    found = {item["address"]: item for item in answer.body["items"]}
    assert {address: item["prefix_length"] for address, item in found.items()} == {
        "203.0.113.9": 32,
        "2001:db8:1:2::": 64,
    }
    assert (found["203.0.113.9"]["reason"], found["203.0.113.9"]["strike"]) == ("guessing", 1)
    assert found["203.0.113.9"]["until"]
    assert answer.body["next_cursor"] is None


@pytest.mark.parametrize(
    ("blocked", "asked"), [("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2::", "2001:db8:1:2:aaaa::5")]
)
def test_an_address_is_let_in_again(platform: Platform, blocked: str, asked: str) -> None:
    block(platform.limits, blocked)

    assert ask(platform, "DELETE", f"{BLOCKS}/{asked}").status == 204
    assert ask(platform, "GET", BLOCKS).body["items"] == []
    assert ask(platform, "DELETE", f"{BLOCKS}/{asked}").status == 404


def test_what_is_no_address_is_told_so(platform: Platform) -> None:
    answer = ask(platform, "DELETE", f"{BLOCKS}/everybody")
    assert (answer.status, answer.body["code"]) == (422, "invalid_address")


@pytest.mark.parametrize(("claims", "status"), [(None, 401), (VIEWER, 403)])
def test_nobody_else_may_look_or_lift(platform: Platform, claims: dict[str, str] | None, status: int) -> None:
    block(platform.limits, "203.0.113.9")
    assert ask(platform, "GET", BLOCKS, claims).status == status
    assert ask(platform, "DELETE", f"{BLOCKS}/203.0.113.9", claims).status == status
    assert len(platform.limits.blocks(9)) == 1


def test_without_the_cache_nobody_can_tell(platform: Platform) -> None:
    platform.limits.away = True
    assert ask(platform, "GET", BLOCKS).status == 503
    assert ask(platform, "DELETE", f"{BLOCKS}/203.0.113.9").status == 503
