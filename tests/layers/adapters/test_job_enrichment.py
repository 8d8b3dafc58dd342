"""Tasks that run again by themselves on a completed job (`JobStore`), on the fake and on the real database."""

from datetime import timedelta

import pytest
from marquee.adapters.database import Database
from marquee.adapters.jobs import COLLECTION, DatabaseJobs
from marquee.domain import ids
from marquee.domain.clock import utc_now
from marquee.domain.enrichment import EnrichChoices
from marquee.domain.jobs import Job, Problem, new_job
from marquee.domain.pipeline import Source
from marquee.domain.stores import JobStore

from tests.fakes_jobs import MemoryJobs

pytestmark = pytest.mark.contract
WHY = Problem(code="provider_refused", message="It would not.")
WITHOUT = Problem(code="captions_failed", message="The film has no captions.")
NOW = utc_now()
LATER = NOW + timedelta(seconds=5)


@pytest.fixture(params=["memory", "database"])
def jobs(request: pytest.FixtureRequest) -> JobStore:
    if request.param == "memory":
        return MemoryJobs()
    return DatabaseJobs(request.getfixturevalue("shared_database"))


def running(jobs: JobStore) -> Job:
    choices = EnrichChoices(captions=True)
    job = new_job(ids.new_job_id(), asset_id="a", upload_id="u", version=1, filename="f.mp4", now=NOW, choices=choices)
    jobs.add(job)
    begun = jobs.begin(job.id, Source(bucket="uploads", key="k"), "media", NOW)
    assert begun is not None
    return begun


def completed_without_captions(jobs: JobStore) -> Job:
    job = running(jobs)
    jobs.start_task(job.id, "captions", NOW)
    jobs.fail_task(job.id, "captions", WHY, NOW, warning=WITHOUT)
    done = jobs.complete(job.id, 1, NOW)
    assert done is not None
    return done


def test_a_failed_task_keeps_its_reason_and_the_job_says_what_is_missing(jobs: JobStore) -> None:
    job = completed_without_captions(jobs)
    assert (job.status, job.warnings, job.choices.captions) == ("completed", (WITHOUT,), True)
    assert (job.tasks["captions"].status, job.tasks["captions"].error) == ("failed", WHY)


def test_a_task_runs_again_on_a_completed_job_and_takes_its_warning_back(jobs: JobStore) -> None:
    job = completed_without_captions(jobs)
    again = jobs.begin_task_again(job, "captions", LATER)
    assert again is not None
    assert (again.tasks["captions"].status, again.tasks["captions"].retries) == ("running", 1)
    assert jobs.begin_task_again(job, "captions", LATER) is None
    done = jobs.finish_task(job.id, "captions", LATER)
    assert done is not None
    assert (done.status, done.warnings, done.tasks["captions"].status) == ("completed", (), "completed")


def test_a_task_that_fails_again_says_so_once(jobs: JobStore) -> None:
    job = completed_without_captions(jobs)
    jobs.begin_task_again(job, "captions", LATER)
    again = jobs.fail_task(job.id, "captions", WHY, LATER, warning=WITHOUT)
    assert again is not None
    assert again.warnings == (WITHOUT,)


def test_the_film_s_own_tasks_never_change_on_a_completed_job(jobs: JobStore) -> None:
    job = completed_without_captions(jobs)
    assert jobs.start_task(job.id, "video", LATER) is None
    assert jobs.fail_task(job.id, "package", WHY, LATER) is None


def test_a_skipped_task_says_why(jobs: JobStore) -> None:
    job = running(jobs)
    silent = Problem(code="no_speech", message="Nothing is said in the film.")
    skipped = jobs.skip_task(job.id, "captions", LATER, silent)
    assert skipped is not None
    assert (skipped.tasks["captions"].status, skipped.tasks["captions"].note) == ("skipped", silent)


def test_a_job_is_released_once_and_only_when_it_is_sealed(jobs: JobStore) -> None:
    job = running(jobs)
    assert jobs.release(job.id, 1, NOW) is None
    assert jobs.seal(job.id, 1, NOW) is not None
    for moment in (NOW, LATER):
        released = jobs.release(job.id, 1, moment)
        assert released is not None
        assert released.playable
        assert released.released_at is not None
        assert abs(released.released_at - NOW) < timedelta(milliseconds=1)
    assert jobs.release(job.id, 2, LATER) is None


def test_a_run_that_begins_again_after_the_release_cannot_be_canceled(jobs: JobStore) -> None:
    job = running(jobs)
    jobs.seal(job.id, 1, NOW)
    released = jobs.release(job.id, 1, NOW)
    assert released is not None
    again = jobs.begin_again(released, LATER, afresh=False)
    assert again is not None
    assert again.sealed
    assert jobs.cancel(job.id, LATER) is None


def test_a_job_of_before_there_were_captions_has_nothing_to_do_for_them_and_may_get_them(
    shared_database: Database,
) -> None:
    jobs = DatabaseJobs(shared_database)
    job = completed_without_captions(jobs)
    shared_database.run(COLLECTION, lambda c: c.update_one({"_id": job.id}, {"$unset": {"tasks.captions": ""}}))
    old = jobs.get(job.id)
    assert old is not None
    assert old.tasks["captions"].status == "skipped"
    again = jobs.begin_task_again(old, "captions", LATER)
    assert again is not None
    assert again.tasks["captions"].status == "running"
