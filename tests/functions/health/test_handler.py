"""`health` through its real entry, over stores in memory."""

from types import SimpleNamespace
from typing import Any

import pytest
from health.handler import lambda_handler
from health.wiring import wiring
from marquee.domain.errors import TransientError

from tests.platform import CONTEXT, MEDIA, Answer, Platform, http_event

Raw = dict[str, Any]


class Pinged:
    """A database that may be away."""

    def __init__(self, *, away: bool) -> None:
        self._away = away

    def ping(self) -> None:
        if self._away:
            raise TransientError("The database cannot be reached.")


def check(platform: Platform, *, database_away: bool = False) -> Answer:
    with platform.within(wiring, database=Pinged(away=database_away)):
        return platform.call(lambda_handler, "GET", "/api/v1/health")


def ask(platform: Platform, path: str, *, accept: str = "", who: str | None = None, open_to_all: bool = True) -> Raw:
    """The answer as the gateway gets it; `who`: the group of a signed-in user."""
    event = http_event("GET", f"/api/v1/{path}", None, {"accept": accept} if accept else {})
    if who:
        claims = {"sub": "u1", "username": "ada", "cognito:groups": f"[{who}]"}
        event["requestContext"]["authorizer"] = {"jwt": {"claims": claims}}
    settings = SimpleNamespace(metrics_access="open" if open_to_all else "admin", media_bucket=MEDIA)
    with platform.within(wiring, database=Pinged(away=False), settings=settings):
        return lambda_handler(event, CONTEXT)


def test_all_well_is_ok(platform: Platform) -> None:
    answer = check(platform)

    assert (answer.status, answer.body["status"]) == (200, "ok")
    assert answer.body["dependencies"] == {"database": "ok", "cache": "ok", "storage": "ok"}


def test_without_the_cache_serving_goes_on_degraded(platform: Platform) -> None:
    platform.progress.away = True
    answer = check(platform)

    assert (answer.status, answer.body["status"]) == (200, "degraded")
    assert answer.body["dependencies"]["cache"] == "away"


@pytest.mark.parametrize("cache_away", [False, True])
def test_without_the_database_there_is_no_service(platform: Platform, cache_away: bool) -> None:
    platform.progress.away = cache_away
    answer = check(platform, database_away=True)

    assert (answer.status, answer.body["status"]) == (503, "degraded")
    assert answer.headers["retry-after"] == "2"


def test_a_process_is_alive_whatever_is_away(platform: Platform) -> None:
    platform.progress.away = True
    answer = ask(platform, "health/live")

    assert (answer["statusCode"], answer["body"]) == (200, '{"status":"alive"}')


def test_health_is_asked_anew_each_time(platform: Platform) -> None:
    answer = ask(platform, "health")

    assert answer["headers"]["cache-control"] == "no-store"
    assert "etag" not in answer["headers"]


def test_requests_and_dependencies_can_be_read_by_prometheus(platform: Platform) -> None:
    platform.progress.away = True
    ask(platform, "health/live")
    answer = ask(platform, "metrics")

    assert answer["headers"]["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'marquee_http_requests_total{method="GET",route="(none)",status="200"} 1\n' in answer["body"]
    assert 'marquee_dependency_up{dependency="database"} 1\n' in answer["body"]
    assert 'marquee_dependency_up{dependency="cache"} 0\n' in answer["body"]


def test_who_accepts_openmetrics_gets_it(platform: Platform) -> None:
    answer = ask(platform, "metrics", accept="application/openmetrics-text; version=1.0.0, text/plain;q=0.5")

    assert answer["headers"]["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer["headers"]["vary"] == "Accept, Accept-Encoding"
    assert answer["body"].endswith("# EOF\n")


def test_without_the_cache_there_are_still_the_dependencies(platform: Platform) -> None:
    platform.metrics.away = True
    answer = ask(platform, "metrics")

    assert answer["statusCode"] == 200
    assert "marquee_dependency_up" in answer["body"]


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("premium", 403), ("admin", 200)])
def test_where_counters_are_not_open_they_are_for_administrators(
    platform: Platform, who: str | None, status: int
) -> None:
    assert ask(platform, "metrics", who=who, open_to_all=False)["statusCode"] == status
