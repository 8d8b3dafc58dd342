"""`fail` through its real entry, over stores in memory."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from fail.handler import lambda_handler
from fail.wiring import wiring
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.jobs import Job, Problem
from marquee.services.release_asset import ReleaseAsset

from tests.enriching import encoded
from tests.fakes_assets import MemoryAssets
from tests.platform import CONTEXT, MEDIA, Platform


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring):
        yield


def fail(platform: Platform, job: Job, name: str, cause: object = "") -> Job:
    error = {"Error": name, "Cause": cause if isinstance(cause, str) else json.dumps(cause)}
    lambda_handler({**job.execution().model_dump(), "probe": {}, "error": error}, CONTEXT)
    return platform.jobs.kept[job.id]


def said(code: str) -> str:
    return json.dumps({"code": code, "message": "A sentence."})


def test_what_a_step_said_is_told(platform: Platform) -> None:
    job = platform.running()
    platform.jobs.start_task(job.id, "probe", utc_now())
    cause = {"errorMessage": said("unsupported_container"), "errorType": "PermanentError", "stackTrace": []}
    failed = fail(platform, job, "PermanentError", cause)

    assert failed.status == "failed"
    assert failed.error is not None
    assert failed.error.model_dump() == {"code": "unsupported_container", "message": "A sentence."}
    assert failed.tasks["probe"].status == "failed"
    assert platform.assets.kept[job.asset_id].status == "failed"


def test_an_encoder_s_mismatch_is_told_in_words_for_the_owner(platform: Platform) -> None:
    failed = fail(platform, platform.running(), "PermanentError", {"errorMessage": said("output_mismatch")})
    assert failed.error is not None
    assert failed.error.message.startswith("What was encoded is not the film as it should be")


def test_what_a_worker_wrote_is_told(platform: Platform) -> None:
    job = platform.running()
    key = keys.failure_key(job.id)
    platform.objects.put(MEDIA, key, said("corrupt").encode(), content_type="application/json")
    failed = fail(platform, job, "States.TaskFailed", {"Containers": [{"ExitCode": 65}]})

    assert failed.error is not None
    assert failed.error.code == "corrupt"
    assert platform.objects.head(MEDIA, key) is None


@pytest.mark.parametrize(
    ("name", "cause", "code"),
    [
        ("InternalError", {"errorMessage": "KeyError: 'x'"}, "internal_error"),
        ("States.Runtime", "no json {", "internal_error"),
        ("PermanentError", {"errorMessage": "no json"}, "internal_error"),
        ("States.Timeout", "", "timed_out"),
        ("TransientError", {"errorMessage": "busy"}, "temporarily_unavailable"),
    ],
)
def test_what_nobody_foresaw_is_told_honestly(platform: Platform, name: str, cause: object, code: str) -> None:
    failed = fail(platform, platform.running(), name, cause)

    assert failed.error is not None
    assert failed.error.code == code
    assert "KeyError" not in failed.error.message


def test_a_permanent_failure_leaves_nothing_published(platform: Platform) -> None:
    job = platform.running()
    platform.publish(job)
    fail(platform, job, "PermanentError", {"errorMessage": said("output_mismatch")})

    assert platform.published(job) == []
    assert not list(platform.objects.list(MEDIA, keys.results_prefix(job.id)))


class LateStep(MemoryAssets):
    """A step publishes after the outputs were discarded, while the job still says that it runs."""

    def __init__(self, platform: Platform, job: Job) -> None:
        super().__init__()
        self.kept = platform.assets.kept
        self._platform, self._job = platform, job

    def fail(self, asset_id: str, error: Problem, now: datetime) -> None:
        self._platform.publish(self._job)
        super().fail(asset_id, error, now)


def test_what_a_late_step_publishes_goes_too(platform: Platform) -> None:
    job = platform.running()
    platform.assets = LateStep(platform, job)
    with platform.within(wiring):
        fail(platform, job, "PermanentError", {"errorMessage": said("corrupt_source")})

    assert platform.published(job) == []


def test_after_a_fault_of_ours_only_what_is_encoded_stays(platform: Platform) -> None:
    job = platform.running()
    platform.publish(job)
    fail(platform, job, "InternalError")

    assert platform.published(job) == ["v360/00000.m4s", "v360/init.mp4"]
    assert list(platform.objects.list(MEDIA, keys.results_prefix(job.id)))


def test_a_canceled_job_stays_canceled_and_is_cleaned_again(platform: Platform) -> None:
    job = platform.running()
    platform.jobs.cancel(job.id, utc_now())
    platform.publish(job)

    assert fail(platform, job, "PermanentError", {"errorMessage": said("superseded")}).status == "canceled"
    assert platform.published(job) == []


def test_an_old_attempt_changes_nothing_of_the_new_one(platform: Platform) -> None:
    job = platform.running()
    platform.jobs.begin_again(job, utc_now(), afresh=False)
    platform.publish(job)

    assert fail(platform, job, "InternalError").status == "running"
    assert len(platform.published(job)) == 4


def test_a_film_that_was_released_stays_whatever_fails_after_it(platform: Platform) -> None:
    job = encoded(platform, verdict=None)
    ReleaseAsset(platform.jobs, platform.assets, platform.objects, platform.events)(job.execution())
    failed = {**job.execution().model_dump(), "error": {"Error": "InternalError", "Cause": "{}"}}
    lambda_handler(failed, CONTEXT)

    now, asset = platform.jobs.kept[job.id], platform.assets.kept[job.asset_id]
    assert (now.status, now.error, asset.version_to_play) == ("completed", None, 1)
    assert [warning.code for warning in now.warnings] == ["captions_failed", "analysis_failed"]
    assert "main.m3u8" in platform.published(job)
