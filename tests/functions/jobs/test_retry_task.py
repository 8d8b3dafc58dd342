"""One task of a completed job runs again, through the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jobs.handler import lambda_handler
from jobs.wiring import wiring
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.jobs import WARNINGS, Job, Problem
from marquee.domain.pipeline import EnrichExecution
from marquee.services.release_asset import ReleaseAsset

from tests.enriching import encoded
from tests.fakes import MemoryExecutions
from tests.platform import MEDIA, Answer, Platform

WHY = Problem(code="worker_died", message="It gave up.")


@pytest.fixture
def executions() -> MemoryExecutions:
    return MemoryExecutions()


@pytest.fixture(autouse=True)
def _wired(platform: Platform, executions: MemoryExecutions) -> Iterator[None]:
    platform.caller = "admin"
    offered = frozenset({"images", "captions"})
    with platform.within(wiring, enrich_executions=executions, offered_tasks=offered):
        yield


def completed(platform: Platform) -> Job:
    """Without captions, its working files still there."""
    job = platform.running()
    for key in (keys.plan_key(job.id), keys.speech_plan_key(job.id), keys.captions_summary_key(job.id)):
        platform.objects.put(MEDIA, key, b"{}", content_type="application/json")
    platform.jobs.fail_task(job.id, "captions", WHY, utc_now(), warning=WARNINGS["captions"])
    done = platform.jobs.complete(job.id, 1, utc_now())
    assert done is not None
    return done


def retry(platform: Platform, job: Job, task: str = "captions") -> Answer:
    return platform.call(lambda_handler, "POST", f"/api/v1/jobs/{job.id}/tasks/{task}/retry")


def test_a_failed_task_runs_again_and_nothing_of_the_last_time_is_taken_for_its_answer(
    platform: Platform, executions: MemoryExecutions
) -> None:
    job = completed(platform)
    answer = retry(platform, job)
    assert (answer.status, answer.body) == (202, {"job_id": job.id})
    (started,) = executions.started
    assert isinstance(started, EnrichExecution)
    assert (started.task, started.retry, started.name) == ("captions", 1, f"{job.asset_id}-1-1-captions-1")
    now = platform.jobs.kept[job.id]
    assert (now.status, now.tasks["captions"].status) == ("completed", "running")
    left = [head.key for head in platform.objects.list(MEDIA, keys.work_prefix(job.id))]
    assert left == [keys.plan_key(job.id)]


def test_a_task_that_runs_again_shows_how_far_it_is(platform: Platform) -> None:
    job = completed(platform)
    for part in (0, 1):
        platform.progress.report(job.id, "captions", part, 1.0)  # of the first time
    platform.progress.report(job.id, "analysis", 0, 1.0)
    retry(platform, job)

    def shown() -> float:
        answer = platform.call(lambda_handler, "GET", f"/api/v1/jobs/{job.id}").body
        assert (answer["status"], answer["progress"]) == ("completed", 1.0)
        return float(next(task["progress"] for task in answer["tasks"] if task["name"] == "captions"))

    assert shown() == 0.0
    platform.progress.report(job.id, "captions", 1, 0.5)
    assert shown() == 0.25
    platform.jobs.finish_task(job.id, "captions", utc_now())
    assert shown() == 1.0


def test_a_task_that_runs_is_left_alone_until_nobody_runs_it(platform: Platform, executions: MemoryExecutions) -> None:
    job = completed(platform)
    retry(platform, job)
    assert retry(platform, job).body["code"] == "task_not_retryable"
    executions.states.clear()  # the machine it ran on is gone
    assert retry(platform, job).status == 202
    assert platform.jobs.kept[job.id].tasks["captions"].retries == 2


@pytest.mark.parametrize(
    ("task", "status", "code"),
    [("images", 409, "task_not_retryable"), ("analysis", 409, "task_not_offered"), ("video", 422, "invalid_request")],
)
def test_what_is_done_or_not_offered_or_the_film_itself_is_refused(
    platform: Platform, task: str, status: int, code: str
) -> None:
    answer = retry(platform, completed(platform), task)
    assert (answer.status, answer.body["code"]) == (status, code)


def test_a_job_that_runs_retries_by_itself(platform: Platform) -> None:
    assert retry(platform, platform.running()).body["code"] == "job_not_completed"


def test_nothing_runs_again_when_its_working_files_have_expired(platform: Platform) -> None:
    job = completed(platform)
    platform.objects.delete(MEDIA, keys.plan_key(job.id))
    assert retry(platform, job).body["code"] == "work_expired"


def test_there_is_nothing_to_retry_of_a_job_that_nobody_knows(platform: Platform) -> None:
    job = platform.uploaded()
    assert retry(platform, job).status == 404


def test_canceling_a_job_whose_film_is_released_stops_only_what_would_make_it_richer(platform: Platform) -> None:
    job = encoded(platform, verdict=None)
    ReleaseAsset(platform.jobs, platform.assets, platform.objects, platform.events)(job.execution())
    answer = platform.call(lambda_handler, "POST", f"/api/v1/jobs/{job.id}/cancel")
    assert answer.status == 202
    now, asset = platform.jobs.kept[job.id], platform.assets.kept[job.asset_id]
    assert (now.status, asset.status, asset.version_to_play) == ("completed", "ready", 1)
    assert platform.executions.states[job.execution_name] == "ABORTED"
    assert [warning.code for warning in now.warnings] == ["captions_failed", "analysis_failed"]
    assert "main.m3u8" in platform.published(job)
