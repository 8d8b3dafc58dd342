"""`release` through its real entry, over stores in memory."""

import json
from collections.abc import Iterator

import pytest
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.errors import PermanentError
from marquee.domain.ports import StoredObject
from release.handler import lambda_handler
from release.wiring import wiring

from tests.fakes_media import MemoryObjects
from tests.platform import CONTEXT, MEDIA, Platform


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


def test_a_film_is_released_without_its_pictures_when_what_was_made_of_them_is_garbage(platform: Platform) -> None:
    job = platform.running()
    platform.packaged(job)
    platform.objects.put(MEDIA, keys.images_summary_key(job.id), b"{", content_type="application/json")
    lambda_handler(job.execution().model_dump(), CONTEXT)

    now, asset = platform.jobs.kept[job.id], platform.assets.kept[job.asset_id]
    assert (asset.status, asset.images) == ("ready", None)
    assert (now.tasks["images"].status, [warning.code for warning in now.warnings]) == ("failed", ["images_failed"])


class LatePictures(MemoryObjects):
    """Their summary is not there yet when it is first asked for."""

    def get(self, bucket: str, key: str) -> StoredObject | None:
        is_first = key not in self.reads
        found = super().get(bucket, key)
        return None if is_first and key.endswith("/images.json") else found


def test_pictures_that_come_between_reading_and_publishing_are_not_lost() -> None:
    platform = Platform(objects=LatePictures())
    job = platform.running()
    platform.packaged(job)
    with platform.within(wiring):
        lambda_handler(job.execution().model_dump(), CONTEXT)
    assert platform.assets.kept[job.asset_id].images is not None
