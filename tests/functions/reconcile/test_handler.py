"""`reconcile` through its real entry, over stores in memory."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from marquee.domain.clock import utc_now
from marquee.domain.enrichment import EnrichTask
from marquee.domain.jobs import Job, Problem, TaskStatus
from marquee.domain.pipeline import ExecutionStatus
from marquee.services.create_upload import OPEN_FOR
from marquee.services.reconcile import MAX_RESTARTS
from reconcile.handler import lambda_handler
from reconcile.wiring import wiring

from tests.enriching import encoded
from tests.platform import CONTEXT, Platform


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring):
        yield


def reconcile() -> Any:
    return lambda_handler({}, CONTEXT)["done"]


def test_all_well_changes_nothing(platform: Platform) -> None:
    job = platform.running()

    assert reconcile() == {}
    assert platform.jobs.kept[job.id] == job


def test_a_source_whose_event_was_lost_is_ingested(platform: Platform) -> None:
    job = platform.uploaded()

    assert reconcile() == {"started": [job.id]}
    assert platform.jobs.kept[job.id].status == "running"
    assert [e.job_id for e in platform.executions.started] == [job.id]


def test_a_job_whose_execution_is_forgotten_is_started_again(platform: Platform) -> None:
    job = platform.running()
    platform.executions.states.clear()

    assert reconcile() == {"started": [job.id]}
    assert platform.executions.status(job.execution_name) == "RUNNING"
    assert platform.jobs.kept[job.id].attempt == 1


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_job_whose_execution_died_gets_a_new_attempt(platform: Platform, status: ExecutionStatus) -> None:
    job = platform.running()
    platform.jobs.finish_task(job.id, "probe", utc_now())
    platform.executions.states[job.execution_name] = status

    assert reconcile() == {"restarted": [job.id]}
    again = platform.jobs.kept[job.id]
    assert (again.status, again.attempt, again.tasks["probe"].status) == ("running", 2, "completed")
    assert platform.executions.status(again.execution_name) == "RUNNING"


def test_a_job_that_never_ends_is_given_up(platform: Platform) -> None:
    job = platform.running()
    for _ in range(MAX_RESTARTS + 1):
        platform.executions.states[platform.jobs.kept[job.id].execution_name] = "FAILED"
        reconcile()

    given_up = platform.jobs.kept[job.id]
    assert given_up.error is not None
    assert (given_up.status, given_up.error.code) == ("failed", "gave_up")
    assert given_up.attempt == MAX_RESTARTS + 1


def test_a_job_that_succeeded_without_being_finished_is_finished(platform: Platform) -> None:
    job = platform.running()
    platform.packaged(job)
    platform.executions.states[job.execution_name] = "SUCCEEDED"

    assert reconcile() == {"finished": [job.id]}
    assert platform.jobs.kept[job.id].status == "completed"


def test_an_upload_past_its_time_is_aborted(platform: Platform) -> None:
    job = platform.uploaded()
    upload = platform.uploads.kept[job.upload_id]
    platform.objects.delete("uploads-bucket", f"uploads/{upload.id}/source")
    platform.uploads.kept[upload.id] = upload.model_copy(
        update={"expires_at": upload.expires_at - OPEN_FOR - timedelta(seconds=1)}
    )

    assert reconcile() == {"aborted": [upload.id]}
    assert platform.uploads.kept[upload.id].status == "aborted"
    assert platform.jobs.kept[job.id].status == "canceled"
    assert not platform.multipart.open


def test_what_a_canceled_job_wrote_afterwards_is_swept(platform: Platform) -> None:
    job = platform.running()
    platform.jobs.cancel(job.id, utc_now() - timedelta(minutes=2))
    platform.publish(job)
    reconcile()

    assert platform.published(job) == []


@pytest.mark.parametrize(
    ("code", "left"),
    [("corrupt_source", []), ("internal_error", ["v360/00000.m4s", "v360/init.mp4"])],
)
def test_what_workers_of_a_failed_job_wrote_afterwards_is_swept(platform: Platform, code: str, left: list[str]) -> None:
    job = platform.running()
    platform.jobs.fail(job.id, 1, Problem(code=code, message="A sentence."), utc_now())
    platform.publish(job)
    reconcile()

    assert platform.published(job) == left


def test_two_rounds_are_as_one(platform: Platform) -> None:
    jobs = [platform.uploaded(), platform.running()]
    platform.executions.states[jobs[1].execution_name] = "FAILED"
    reconcile()

    assert reconcile() == {}
    assert len(platform.executions.started) == 3


def retried(platform: Platform, task: EnrichTask, *, before: timedelta = timedelta(minutes=2)) -> Job:
    """A completed job whose task began again so long ago."""
    job = encoded(platform)
    platform.jobs.complete(job.id, 1, utc_now())
    again = platform.jobs.begin_task_again(platform.jobs.kept[job.id], task, utc_now() - before)
    assert again is not None
    return again


def test_a_task_whose_execution_is_forgotten_is_started_again(platform: Platform) -> None:
    job = retried(platform, "captions")

    assert reconcile() == {"resumed": [job.id]}
    assert [execution.name for execution in platform.enrich_executions.started] == [job.task_execution("captions").name]
    assert reconcile() == {}


def test_a_task_that_has_just_begun_is_left_to_whoever_began_it(platform: Platform) -> None:
    retried(platform, "captions", before=timedelta(seconds=1))
    assert reconcile() == {}


@pytest.mark.parametrize(
    ("task", "ended", "warnings"), [("images", "completed", []), ("analysis", "failed", ["analysis_failed"])]
)
def test_a_task_whose_execution_died_ends(
    platform: Platform, task: EnrichTask, ended: TaskStatus, warnings: list[str]
) -> None:
    job = retried(platform, task)
    platform.enrich_executions.states[job.task_execution(task).name] = "TIMED_OUT"

    assert reconcile() == {"resumed": [job.id]}
    now = platform.jobs.kept[job.id]
    assert (now.status, now.tasks[task].status) == ("completed", ended)
    assert [warning.code for warning in now.warnings] == warnings
