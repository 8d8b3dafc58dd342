"""The gate: who is let through, and what he is told."""

from __future__ import annotations

import json

import pytest
from marquee.domain.limits import MAX_LIMIT, QUOTAS, Quota, class_of
from marquee.domain.metrics import UNCOUNTED
from marquee.entry.http import Api
from marquee.entry.limits import guarded

from tests.fakes_metrics import MemoryMetrics
from tests.layers.entry.door import ADMIN, Door, viewer
from tests.platform import CONTEXT, http_event

SECRET = "only-the-distribution-knows"


def test_an_answer_says_how_much_of_the_quota_is_left() -> None:
    headers = Door().knock()["headers"]

    assert headers["RateLimit-Policy"] == '"search";q=60;w=60'
    assert headers["RateLimit"] == '"search";r=59;t=61'
    assert headers["Content-Type"] == "text/plain"


def test_who_asks_too_often_is_told_when_to_come_again() -> None:
    door = Door()
    answers = [door.knock() for _ in range(61)]
    refused = answers[60]
    problem = json.loads(refused["body"])

    assert [answer["statusCode"] for answer in answers] == [200] * 60 + [429]
    assert door.reached == 60
    assert refused["headers"]["Retry-After"] == "61"
    assert refused["headers"]["RateLimit"] == '"search";r=0;t=61'
    assert refused["headers"]["Content-Type"] == "application/problem+json"
    assert problem["type"].endswith("#quota-exceeded")
    assert (problem["status"], problem["code"], problem["violated-policies"]) == (429, "too_many_requests", ["search"])
    assert problem["request_id"] == "r-1"
    assert door.metrics.kept == {'requests_limited_total{class="search",tier="anonymous"}': 1}
    door.now_ms += 61_000
    assert door.knock()["statusCode"] == 200


def test_kinds_of_routes_have_quotas_of_their_own() -> None:
    door = Door()
    for _ in range(60):
        door.knock()
    assert door.knock("/api/v1/movies/mov_1")["statusCode"] == 200


def test_a_person_has_one_quota_wherever_he_is_and_not_his_neighbours() -> None:
    door = Door()
    for n in range(120):
        assert door.knock(claims=viewer("ann"), address=f"192.0.2.{n}")["statusCode"] == 200
    assert door.knock(claims=viewer("ann"), address="198.51.100.1")["statusCode"] == 429
    assert door.knock(claims=viewer("bob"), address="198.51.100.1")["statusCode"] == 200
    assert door.knock(address="198.51.100.1")["statusCode"] == 200


def test_a_better_tier_may_ask_more() -> None:
    door = Door()
    policies = [
        door.knock(claims=claims)["headers"]["RateLimit-Policy"]
        for claims in (None, viewer("a"), viewer("b", "[premium]"), ADMIN, {"sub": "machine", "scope": "marquee/read"})
    ]
    assert policies == [f'"search";q={q};w=60' for q in (60, 120, 240, 600, 600)]


def test_an_environment_may_let_all_ask_more_up_to_what_memory_bears() -> None:
    assert Door(factor=10).knock()["headers"]["RateLimit-Policy"] == '"search";q=600;w=60'
    assert Quota(6_000).times(100) == Quota(MAX_LIMIT)


@pytest.mark.parametrize("path", ["/api/v1/health", "/api/v1/metrics"])
def test_monitors_are_never_limited(path: str) -> None:
    door = Door()
    answers = [door.knock(path) for _ in range(1_000)]
    assert {answer["statusCode"] for answer in answers} == {200}
    assert "RateLimit" not in answers[0]["headers"]
    assert door.limits.admitted == {}


def test_asking_for_the_head_counts_as_asking_and_a_preflight_does_not() -> None:
    door = Door()
    door.knock("/api/v1/movies/mov_1", method="HEAD")
    door.knock("/api/v1/movies/mov_1", method="OPTIONS")
    assert [len(times) for times in door.limits.admitted.values()] == [1]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/movies/search", "search"),
        ("GET", "/movies", "read"),
        ("PATCH", "/movies/mov_1", "write"),
        ("POST", "/streaming/progress/mov_1", "progress"),
        ("GET", "/streaming/sources/mov_1", "playback"),
        ("POST", "/streaming/sessions", "transfer"),
        ("POST", "/uploads/upl_1/parts", "transfer"),
        ("GET", "/jobs", "transfer"),
        ("GET", "/identity", "sign_in"),
        ("GET", "/uploadsandmore", "read"),
        ("GET", "/health", None),
        ("GET", "/health/live", None),
        ("GET", "/healthy", "read"),
        ("GET", "/health/anything", "read"),
    ],
)
def test_routes_have_the_class_of_what_they_cost(method: str, path: str, expected: str | None) -> None:
    assert class_of(method, path) == expected


def test_no_tier_may_less_than_a_lower_one_and_transfers_are_nearly_free() -> None:
    for lower, higher in (("anonymous", "free"), ("free", "premium"), ("premium", "admin")):
        assert all(QUOTAS[lower][kind].limit <= QUOTAS[higher][kind].limit for kind in QUOTAS[lower])
    assert {quotas["transfer"].limit for quotas in QUOTAS.values()} == {6_000}


def test_a_request_that_came_past_the_distribution_is_refused() -> None:
    door = Door(origin_secret=SECRET)
    answers = [door.knock(), door.knock(headers={"X-Origin-Verify": "guessed"}), door.knock("/api/v1/health")]

    assert [answer["statusCode"] for answer in answers] == [403] * 3
    assert json.loads(answers[0]["body"])["code"] == "forbidden"
    assert door.reached == 0
    assert door.metrics.kept == {"requests_around_edge_total": 3}
    assert door.knock(headers={"X-Origin-Verify": SECRET})["statusCode"] == 200


def test_the_distribution_s_word_for_the_address_counts() -> None:
    door = Door(origin_secret=SECRET)
    edge = "203.0.113.200"
    for n in (1, 2):
        door.knock(headers={"X-Origin-Verify": SECRET, "X-Viewer-Address": f"192.0.2.{n}"}, address=edge)
    assert [key.rsplit(":", 1)[1] for key in door.limits.admitted] == ["192.0.2.1", "192.0.2.2"]


def test_without_a_distribution_nobody_s_word_counts() -> None:
    door = Door()
    for n in (1, 2):
        door.knock(headers={"X-Viewer-Address": f"192.0.2.{n}", "X-Forwarded-For": f"192.0.2.{n}"})
    assert [len(times) for times in door.limits.admitted.values()] == [2]


def test_x_forwarded_for_is_never_believed() -> None:
    door = Door(origin_secret=SECRET)
    for n in (1, 2):
        door.knock(headers={"X-Origin-Verify": SECRET, "X-Forwarded-For": f"192.0.2.{n}"})
    assert [len(times) for times in door.limits.admitted.values()] == [2]


def test_all_addresses_of_one_ipv6_customer_are_one_caller() -> None:
    door = Door()
    for address in ("2001:db8:1:2::3", "2001:db8:1:2:ffff::9", "2001:db8:1:3::3"):
        door.knock(address=address)
    assert [len(times) for times in door.limits.admitted.values()] == [2, 1]


def test_an_address_that_cannot_be_read_is_limited_all_the_same() -> None:
    door = Door()
    assert {door.knock(address="")["statusCode"] for _ in range(60)} == {200}
    assert door.knock(address="")["statusCode"] == 429


def test_a_function_without_a_gate_is_open() -> None:
    answer = guarded(object(), {}, lambda: {"statusCode": 200}, metrics=lambda: UNCOUNTED, request_id="")
    assert answer == {"statusCode": 200}


def test_a_handler_stands_behind_its_wiring_s_gate() -> None:
    class Wired:
        metrics = MemoryMetrics()
        gate = Door().gate

    api = Api(Wired())
    answers = [api.handle(http_event("GET", "/api/v1/movies/search"), CONTEXT) for _ in range(61)]

    assert [answers[0]["statusCode"], answers[60]["statusCode"]] == [404, 429]
    assert answers[60]["headers"]["retry-after"] == "61"
    assert answers[60]["headers"]["x-request-id"]
    assert Wired.metrics.kept['requests_limited_total{class="search",tier="anonymous"}'] == 1
