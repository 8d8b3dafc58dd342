"""Tokens' claims become principals, and roles open routes."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response
from marquee.domain.identity import NOBODY, Principal
from marquee.entry.access import admins, principal_of, signed_in
from marquee.entry.http import Api

api = Api()


@api.get("/api/v1/mine", middlewares=[signed_in])
def mine() -> Response[None]:
    return api.no_content()


@api.get("/api/v1/all", middlewares=[admins])
def everything() -> Response[None]:
    return api.no_content()


def event(path: str = "/", **claims: str) -> dict[str, Any]:
    authorizer = {"authorizer": {"jwt": {"claims": claims, "scopes": None}}} if claims else {}
    http = {"method": "GET", "path": path, "sourceIp": "127.0.0.1"}
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {},
        "requestContext": {"http": http, "stage": "$default", "requestId": "r", **authorizer},
    }


def status(path: str, **claims: str) -> tuple[int, str | None]:
    answer = api.handle(event(path, **claims), SimpleNamespace(aws_request_id="x"))
    return answer["statusCode"], json.loads(answer["body"])["code"] if answer["body"] else None


def test_a_call_without_a_token_is_nobody_s() -> None:
    assert principal_of(event()) == NOBODY
    assert NOBODY.tier == "anonymous"


@pytest.mark.parametrize(
    ("groups", "tier"),
    [("[admin premium]", "admin"), ("[premium]", "premium"), ("[editors]", "free"), ("", "free")],
)
def test_the_highest_group_of_a_user_is_the_tier(groups: str, tier: str) -> None:
    principal = principal_of(event(sub="u1", username="ada", **{"cognito:groups": groups}))
    assert (principal.subject, principal.tier, principal.machine) == ("u1", tier, False)


def test_a_machine_may_what_its_scopes_say() -> None:
    plain = principal_of(event(sub="client", client_id="client", scope="marquee/read"))
    powerful = principal_of(event(sub="client", client_id="client", scope="marquee/read marquee/admin"))
    assert plain == Principal("client", machine=True)
    assert (plain.tier, plain.is_admin, powerful.is_admin) == ("api", False, True)


def test_routes_open_to_whom_they_name() -> None:
    viewer = {"sub": "u1", "username": "ada", "cognito:groups": "[free]"}
    admin = {**viewer, "cognito:groups": "[admin]"}
    assert status("/api/v1/mine") == (401, "unauthenticated")
    assert status("/api/v1/mine", **viewer) == (204, None)
    assert status("/api/v1/all") == (401, "unauthenticated")
    assert status("/api/v1/all", **viewer) == (403, "forbidden")
    assert status("/api/v1/all", **admin) == (204, None)
