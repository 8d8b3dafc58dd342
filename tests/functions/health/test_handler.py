"""`health` through its real entry, over stores in memory."""

import pytest
from health.handler import lambda_handler
from health.wiring import wiring
from marquee.domain.errors import TransientError

from tests.platform import Answer, Platform


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
