"""What is measured of jobs, from their upload to their end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fail.handler import lambda_handler as fail
from fail.wiring import wiring as fail_wiring
from finish.handler import lambda_handler as finish
from finish.wiring import wiring as finish_wiring
from marquee.domain.clock import utc_now
from marquee.domain.jobs import Problem
from marquee.services.mark_jobs import JobMarker
from marquee.services.reconcile import MAX_RESTARTS, STUCK_AFTER_SECONDS, tell_running
from reconcile.handler import lambda_handler as reconcile
from reconcile.wiring import wiring as reconcile_wiring

from tests.measured import Told, listening
from tests.platform import CONTEXT, Platform


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def told() -> Iterator[Told]:
    with listening() as told:
        yield told


def test_an_upload_and_its_job_are_counted_once_however_often_storage_tells_of_it(
    platform: Platform, told: Told
) -> None:
    job = platform.running()
    with platform.within(reconcile_wiring):
        platform.executions.states.clear()
        reconcile({}, CONTEXT)
    assert (told.of("UploadsCreated"), told.of("JobsStarted")) == ([1], [1])
    assert platform.jobs.kept[job.id].status == "running"


def test_a_film_that_can_be_watched_and_is_done_tells_how_long_it_took(platform: Platform, told: Told) -> None:
    job = platform.running()
    marks = JobMarker(platform.jobs, platform.assets, platform.events, clock=lambda: utc_now() + timedelta(seconds=12))
    for _ in range(3):  # each of its orders comes by
        marks.start_task(job.id, "video")
        marks.mark_playable(job.id)
    platform.packaged(job)
    with platform.within(finish_wiring):
        for _ in range(2):
            finish(job.execution().model_dump(), CONTEXT)

    (first,) = told.of("FirstPlayableTime")
    assert 12 <= first < 60
    assert told.of("JobsCompleted") == [1]
    assert len(told.of("JobTime")) == 1


def test_a_job_that_was_given_up_is_a_fault_of_ours(platform: Platform, told: Told) -> None:
    job = platform.running()
    platform.jobs.kept[job.id] = job.model_copy(update={"restarts": MAX_RESTARTS})
    platform.executions.states[job.execution_name] = "FAILED"
    with platform.within(reconcile_wiring):
        reconcile({}, CONTEXT)
    assert told.by("JobsFailed") == [{"fault": "internal"}]


@pytest.mark.parametrize(
    ("name", "code", "fault"),
    [
        ("PermanentError", "unsupported_container", "film"),
        ("PermanentError", "output_mismatch", "internal"),
        ("States.Timeout", "", "timeout"),
        ("TransientError", "", "transient"),
        ("InterruptedWork", "", "interrupted"),
        ("Odd", "", "internal"),
    ],
)
def test_a_job_that_fails_is_counted_once_by_whose_fault_it_is(
    platform: Platform, told: Told, name: str, code: str, fault: str
) -> None:
    job = platform.running()
    said = json.dumps({"errorMessage": json.dumps({"code": code, "message": "A sentence."})}) if code else ""
    with platform.within(fail_wiring):
        for _ in range(2):
            fail({**job.execution().model_dump(), "error": {"Error": name, "Cause": said}}, CONTEXT)
    assert told.by("JobsFailed") == [{"fault": fault}]


def test_a_task_that_only_enriches_is_counted_when_it_fails(platform: Platform, told: Told) -> None:
    job = platform.running()
    JobMarker(platform.jobs, platform.assets).fail_task(job.id, "captions", Problem(code="x", message="y"))
    assert told.by("TasksFailed") == [{"task": "captions"}]


def test_every_round_tells_how_many_jobs_run_and_wait(platform: Platform, told: Told) -> None:
    platform.running()
    platform.uploaded()
    with platform.within(reconcile_wiring):
        reconcile({}, CONTEXT)
    assert (told.of("JobsRunning"), told.of("JobsWaiting"), told.of("JobsStuck")) == ([1], [1], [0])


def test_jobs_that_take_too_long_or_begin_again_and_again_are_stuck(platform: Platform, told: Told) -> None:
    fresh = platform.running()
    old = fresh.model_copy(update={"begun_at": utc_now() - timedelta(seconds=STUCK_AFTER_SECONDS)})
    again = fresh.model_copy(update={"restarts": 2})
    tell_running([fresh, old, again], utc_now())

    assert told.of("JobsStuck") == [2]
    assert told.of("OldestJobAge")[0] >= STUCK_AFTER_SECONDS


def test_without_jobs_it_is_only_told_that_there_are_none(platform: Platform, told: Told) -> None:
    with platform.within(reconcile_wiring):
        reconcile({}, CONTEXT)
    assert [(each.name, value) for one in told for each, value in one.values.items()] == [("JobsRunning", 0)]
