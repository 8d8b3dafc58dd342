"""`release` through its real entry, over stores in memory."""

import json
from collections.abc import Iterator

import pytest
from marquee.domain.clock import utc_now
from marquee.domain.errors import PermanentError
from release.handler import lambda_handler
from release.wiring import wiring

from tests.platform import CONTEXT, Platform


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring):
        yield


def test_the_film_is_ready_while_its_job_still_runs(platform: Platform) -> None:
    job = platform.running()
    platform.packaged(job)
    lambda_handler(job.execution().model_dump(), CONTEXT)

    now, asset = platform.jobs.kept[job.id], platform.assets.kept[job.asset_id]
    assert (now.status, now.playable, now.sealed) == ("running", True, True)
    assert (asset.status, asset.current_version, asset.version_to_play) == ("ready", 1, 1)
    (ready,) = [event for event in platform.events.said if event.type == "asset.ready"]
    assert ready.timestamp == now.released_at


def test_releasing_twice_is_releasing_once(platform: Platform) -> None:
    job = platform.running()
    platform.packaged(job)
    lambda_handler(job.execution().model_dump(), CONTEXT)
    first = platform.jobs.kept[job.id].released_at
    lambda_handler(job.execution().model_dump(), CONTEXT)

    assert platform.jobs.kept[job.id].released_at == first


def test_a_canceled_job_is_never_released(platform: Platform) -> None:
    job = platform.running()
    platform.packaged(job)
    platform.jobs.cancel(job.id, utc_now())
    with pytest.raises(PermanentError) as caught:
        lambda_handler(job.execution().model_dump(), CONTEXT)

    assert json.loads(str(caught.value))["code"] == "superseded"
    assert platform.assets.kept[job.asset_id].current_version is None
