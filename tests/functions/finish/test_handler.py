"""`finish` through its real entry, over stores in memory."""

import json
from collections.abc import Iterator

import pytest
from finish.handler import lambda_handler
from finish.wiring import wiring
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.errors import PermanentError

from tests.platform import CONTEXT, MEDIA, Platform


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring):
        yield


def test_the_version_becomes_current_and_the_job_is_completed(platform: Platform) -> None:
    job = platform.running()
    platform.jobs.skip_task(job.id, "audio", utc_now())
    platform.packaged(job)
    lambda_handler(job.execution().model_dump(), CONTEXT)

    done, asset = platform.jobs.kept[job.id], platform.assets.kept[job.asset_id]
    assert (done.status, done.progress, done.playable) == ("completed", 1.0, True)
    assert (done.tasks["video"].status, done.tasks["audio"].status) == ("completed", "skipped")
    assert (asset.status, asset.current_version, asset.duration_seconds) == ("ready", 1, 10.0)


def test_missing_pictures_are_a_warning(platform: Platform) -> None:
    job = platform.running()
    platform.packaged(job)
    platform.objects.delete(MEDIA, keys.images_summary_key(job.id))
    lambda_handler(job.execution().model_dump(), CONTEXT)

    done = platform.jobs.kept[job.id]
    assert (done.status, done.tasks["images"].status) == ("completed", "failed")
    assert [warning.code for warning in done.warnings] == ["images_failed"]


def test_finishing_twice_is_finishing_once(platform: Platform) -> None:
    job = platform.running()
    platform.packaged(job)
    lambda_handler(job.execution().model_dump(), CONTEXT)
    before = platform.jobs.kept[job.id]
    lambda_handler(job.execution().model_dump(), CONTEXT)

    assert platform.jobs.kept[job.id] == before


def test_a_canceled_job_is_never_published(platform: Platform) -> None:
    job = platform.running()
    platform.packaged(job)
    platform.jobs.cancel(job.id, utc_now())
    with pytest.raises(PermanentError) as caught:
        lambda_handler(job.execution().model_dump(), CONTEXT)

    assert json.loads(str(caught.value))["code"] == "superseded"
    assert platform.assets.kept[job.asset_id].current_version is None
    assert platform.jobs.kept[job.id].status == "canceled"


def test_what_was_not_packaged_is_not_finished(platform: Platform) -> None:
    job = platform.running()
    with pytest.raises(PermanentError) as caught:
        lambda_handler(job.execution().model_dump(), CONTEXT)

    assert json.loads(str(caught.value))["code"] == "output_missing"
    assert platform.jobs.kept[job.id].status == "running"


def test_that_the_asset_is_ready_is_said_once(platform: Platform) -> None:
    job = platform.running()
    platform.packaged(job)
    for _ in range(2):
        lambda_handler(job.execution().model_dump(), CONTEXT)

    (event,) = [event for event in platform.events.said if event.type == "asset.ready"]
    assert event.data.model_dump() == {
        "asset_id": job.asset_id,
        "job_id": job.id,
        "version": 1,
        "playback_url": f"/media/{job.asset_id}/1/main.m3u8",
    }
    assert event.timestamp == platform.jobs.kept[job.id].released_at
