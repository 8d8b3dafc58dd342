"""`enrichment` through its real entry: what job and asset say of a task that makes a film richer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from enrichment.handler import lambda_handler
from enrichment.wiring import wiring
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.jobs import Job
from marquee.services.finish_job import FinishJob

from tests.enriching import CHAPTER, analysis, encoded, heard
from tests.platform import CONTEXT, MEDIA, Platform

REFUSED = {"code": "provider_refused", "message": "It would not."}


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring, text_changed=lambda bucket, asset_id: None):
        yield


def tell(job: Job, task: str, happened: str, **more: object) -> None:
    lambda_handler({**job.execution().model_dump(), "task": task, "happened": happened, **more}, CONTEXT)


def permanent(words: object) -> dict[str, str]:
    return {"Error": "PermanentError", "Cause": json.dumps({"errorMessage": json.dumps(words)})}


def completed_without(platform: Platform, task: str) -> Job:
    job = encoded(platform, verdict=None)
    if task != "captions":
        heard(platform, job)
    tell(job, task, "failed", error=permanent(REFUSED))
    FinishJob(platform.jobs, platform.assets, platform.objects, platform.events)(job.execution())
    return platform.jobs.kept[job.id]


def test_a_task_begins(platform: Platform) -> None:
    job = platform.running()
    tell(job, "analysis", "begins")
    assert platform.jobs.kept[job.id].tasks["analysis"].status == "running"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (permanent(REFUSED), "provider_refused"),
        ({"Error": "Runtime.ExitError", "Cause": "{}"}, "worker_died"),
        ({"Error": "Lambda.Unknown", "Cause": "out of memory"}, "worker_died"),
        ({"Error": "Sandbox.Timedout", "Cause": "{}"}, "timed_out"),
        ({"Error": "States.Timeout", "Cause": ""}, "timed_out"),
        ({"Error": "TransientError", "Cause": "{}"}, "temporarily_unavailable"),
        ({"Error": "InternalError", "Cause": "not even JSON"}, "internal_error"),
        ({"Error": "Transcribe.Failed", "Cause": "Too loud."}, "provider_refused"),
    ],
)
def test_a_failed_task_says_why_and_the_job_what_is_missing(
    platform: Platform, error: dict[str, str], code: str
) -> None:
    job = platform.running()
    tell(job, "captions", "failed", error=error)
    now = platform.jobs.kept[job.id]
    assert (now.status, [warning.code for warning in now.warnings]) == ("running", ["captions_failed"])
    assert now.tasks["captions"].error is not None
    assert (now.tasks["captions"].status, now.tasks["captions"].error.code) == ("failed", code)


def test_an_analysis_that_is_made_again_comes_onto_the_asset_and_its_warning_goes(platform: Platform) -> None:
    job = completed_without(platform, "analysis")
    assert [warning.code for warning in job.warnings] == ["analysis_failed"]
    again = platform.jobs.begin_task_again(job, "analysis", utc_now())
    assert again is not None
    body = analysis().model_dump_json().encode()
    platform.objects.put(MEDIA, keys.analysis_work_key(job.id), body, content_type="application/json")
    tell(job, "analysis", "done")

    now, asset = platform.jobs.kept[job.id], platform.assets.kept[job.asset_id]
    assert (now.status, now.warnings, now.tasks["analysis"].status) == ("completed", (), "completed")
    assert asset.chapters == (CHAPTER,)
    assert "analysis.json" in platform.published(job)


@pytest.mark.parametrize("left", [None, b'{"provider": "nobody"}'], ids=["nothing", "garbage"])
def test_a_task_that_left_nothing_of_use_has_failed_again(platform: Platform, left: bytes | None) -> None:
    job = completed_without(platform, "analysis")
    platform.jobs.begin_task_again(job, "analysis", utc_now())
    if left is not None:
        platform.objects.put(MEDIA, keys.analysis_work_key(job.id), left, content_type="application/json")
    tell(job, "analysis", "done")

    now = platform.jobs.kept[job.id]
    assert (now.status, now.tasks["analysis"].status) == ("completed", "failed")
    assert [warning.code for warning in now.warnings] == ["analysis_failed"]


def test_a_clear_verdict_that_comes_later_lets_viewers_in(platform: Platform) -> None:
    job = encoded(platform, verdict=None)
    heard(platform, job)
    FinishJob(platform.jobs, platform.assets, platform.objects, platform.events, "hold")(job.execution())
    assert platform.assets.kept[job.asset_id].withheld == "held"

    platform.jobs.begin_task_again(platform.jobs.kept[job.id], "analysis", utc_now())
    body = analysis("clear").model_dump_json().encode()
    platform.objects.put(MEDIA, keys.analysis_work_key(job.id), body, content_type="application/json")
    settings = SimpleNamespace(moderation_policy="hold")
    with platform.within(wiring, settings=settings, text_changed=lambda bucket, asset_id: None):
        tell(job, "analysis", "done")

    assert platform.assets.kept[job.asset_id].version_to_play == 1
    assert platform.jobs.kept[job.id].playable
    assert [event.type for event in platform.events.said].count("asset.ready") == 1
