"""Requests take API Gateway's route, and no more of it than they may."""

from __future__ import annotations

import pytest

from local.model import Route, Throttle
from local.routes import RouteTable, TokenBucket


def _table(*keys: str) -> RouteTable:
    return RouteTable(Route(key=key, function_arn=key, timeout_seconds=30) for key in keys)


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/jobs", "GET /jobs", {}),
        ("GET", "/jobs/", "GET /jobs", {}),
        ("GET", "/jobs/7", "GET /jobs/{id}", {"id": "7"}),
        ("GET", "/jobs/latest", "GET /jobs/latest", {}),
        ("POST", "/jobs/a%2Fb%20c/cancel", "POST /jobs/{id}/cancel", {"id": "a/b c"}),
        ("DELETE", "/files/a/b/c", "ANY /files/{rest+}", {"rest": "a/b/c"}),
        ("PUT", "/nowhere", "$default", {}),
        ("POST", "/jobs/7", "$default", {}),
    ],
)
def test_the_most_specific_route_is_taken(method: str, path: str, key: str, parameters: dict[str, str]) -> None:
    table = _table(
        "ANY /files/{rest+}",
        "GET /jobs/{id}",
        "GET /jobs/latest",
        "GET /jobs",
        "POST /jobs/{id}/cancel",
        "$default",
    )
    match = table.find(method, path)
    assert match is not None
    assert (match.route.key, match.parameters) == (key, parameters)


def test_without_a_default_there_may_be_no_route() -> None:
    assert _table("GET /jobs").find("POST", "/jobs") is None
    assert _table("GET /jobs/{id}").find("GET", "/jobs") is None


def test_a_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    now = 0.0
    bucket = TokenBucket(Throttle(rate=2, burst=3), clock=lambda: now)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now = 100.0
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
