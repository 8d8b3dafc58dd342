"""The contract of `JobStore`, on the fake and on the real database."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from marquee.adapters.jobs import DatabaseJobs
from marquee.domain import ids
from marquee.domain.clock import utc_now
from marquee.domain.jobs import Job, PartWeights, Problem, new_job
from marquee.domain.pipeline import Source
from marquee.domain.progress import Measured
from marquee.domain.stores import JobStore

from tests.fakes_jobs import MemoryJobs

pytestmark = pytest.mark.contract
SOURCE = Source(bucket="uploads", key="uploads/u/source")
ODD = Problem(code="odd", message="An odd thing.")
NOW = utc_now()
LATER = NOW + timedelta(seconds=5)


@pytest.fixture(params=["memory", "database"])
def jobs(request: pytest.FixtureRequest) -> JobStore:
    if request.param == "memory":
        return MemoryJobs()
    return DatabaseJobs(request.getfixturevalue("shared_database"))


def added(jobs: JobStore, asset_id: str = "ast_1", now: datetime = NOW) -> Job:
    job = new_job(ids.new_job_id(), asset_id=asset_id, upload_id="upl_1", version=1, filename="f.mp4", now=now)
    jobs.add(job)
    return job


def running(jobs: JobStore) -> Job:
    begun = jobs.begin(added(jobs).id, SOURCE, "media", NOW)
    assert begun is not None
    return begun


def test_what_is_added_is_read_back_whole(jobs: JobStore) -> None:
    job = added(jobs)

    assert jobs.get(job.id) == job
    assert jobs.get("job_none") is None


def test_adding_again_keeps_the_first(jobs: JobStore) -> None:
    job = added(jobs)
    jobs.begin(job.id, SOURCE, "media", NOW)
    jobs.add(job)

    kept = jobs.get(job.id)
    assert kept is not None
    assert kept.status == "running"


def test_a_job_begins_once(jobs: JobStore) -> None:
    job = added(jobs)
    begun = jobs.begin(job.id, SOURCE, "media", LATER)

    assert begun is not None
    assert (begun.status, begun.attempt, begun.source, begun.updated_at) == ("running", 1, SOURCE, LATER)
    assert begun.execution().name == "ast_1-1-1"
    assert jobs.begin(job.id, SOURCE, "media", LATER) is None


def test_of_many_at_once_one_begins(jobs: JobStore) -> None:
    job, won = added(jobs), list[Job | None]()
    threads = [threading.Thread(target=lambda: won.append(jobs.begin(job.id, SOURCE, "media", NOW))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(begun is not None for begun in won) == 1


def test_the_next_attempt_begins_once_and_keeps_finished_tasks(jobs: JobStore) -> None:
    job = running(jobs)
    jobs.finish_task(job.id, "probe", NOW)
    again = jobs.begin_again(job, LATER, afresh=False)

    assert again is not None
    assert (again.attempt, again.restarts, again.tasks["probe"].status) == (2, 1, "completed")
    assert jobs.begin_again(job, LATER, afresh=False) is None


def test_afresh_nothing_of_the_last_run_is_kept(jobs: JobStore) -> None:
    job = running(jobs)
    jobs.finish_task(job.id, "probe", NOW)
    jobs.add_warning(job.id, ODD, NOW)
    failed = jobs.fail(job.id, 1, ODD, NOW)
    assert failed is not None
    again = jobs.begin_again(failed, LATER, afresh=True)

    assert again is not None
    assert (again.status, again.error, again.warnings, again.finished_at) == ("running", None, (), None)
    assert (again.tasks["probe"].status, again.restarts) == ("pending", 0)


def test_a_job_canceled_before_it_ran_can_be_reopened(jobs: JobStore) -> None:
    canceled = jobs.cancel(added(jobs).id, NOW)
    assert canceled is not None
    reopened = jobs.reopen(canceled, LATER)

    assert reopened is not None
    assert (reopened.status, reopened.finished_at) == ("pending", None)
    assert jobs.reopen(canceled, LATER) is None


def test_a_sealed_job_cannot_be_canceled(jobs: JobStore) -> None:
    job = running(jobs)

    assert jobs.seal(job.id, 2, NOW) is None
    assert jobs.seal(job.id, 1, NOW) is not None
    assert jobs.cancel(job.id, NOW) is None


@pytest.mark.parametrize("over", ["canceled", "failed", "completed"])
def test_a_job_that_is_over_stays_as_it_ended(jobs: JobStore, over: str) -> None:
    job = running(jobs)
    ends: dict[str, Callable[[], Job | None]] = {
        "canceled": lambda: jobs.cancel(job.id, NOW),
        "failed": lambda: jobs.fail(job.id, 1, ODD, NOW),
        "completed": lambda: jobs.complete(job.id, 1, NOW),
    }
    ended = ends[over]()
    assert ended is not None
    assert (ended.status, ended.finished_at) == (over, NOW)

    late = [end() for end in ends.values()]
    late += [jobs.start_task(job.id, "video", LATER), jobs.finish_task(job.id, "video", LATER)]
    late += [jobs.skip_task(job.id, "audio", LATER), jobs.fail_task(job.id, "package", ODD, LATER)]
    late += [jobs.mark_playable(job.id, LATER), jobs.set_weights(job.id, PartWeights(), LATER)]
    late += [jobs.raise_progress(ended, Measured(overall=0.5, tasks={}))]

    assert late == [None] * len(late)
    assert jobs.get(job.id) == ended


def test_completing_closes_open_tasks_and_keeps_others(jobs: JobStore) -> None:
    job = running(jobs)
    jobs.skip_task(job.id, "audio", NOW)
    jobs.fail_task(job.id, "images", ODD, NOW)
    done = jobs.complete(job.id, 1, LATER)

    assert done is not None
    assert (done.progress, done.playable) == (1.0, True)
    states = {name: task.status for name, task in done.tasks.items()}
    assert (states["video"], states["audio"], states["images"]) == ("completed", "skipped", "failed")
    assert done.warnings == (ODD,)


def test_failing_fails_the_running_tasks(jobs: JobStore) -> None:
    job = running(jobs)
    jobs.finish_task(job.id, "probe", NOW)
    jobs.start_task(job.id, "plan", NOW)
    failed = jobs.fail(job.id, 1, ODD, LATER)

    assert failed is not None
    assert failed.error == ODD
    assert [failed.tasks[n].status for n in ("probe", "plan", "video")] == ["completed", "failed", "pending"]
    assert failed.tasks["plan"].error == ODD


def test_tasks_run_and_finish_and_do_not_run_again(jobs: JobStore) -> None:
    job = running(jobs)
    started = jobs.start_task(job.id, "probe", NOW)
    again = jobs.start_task(job.id, "probe", LATER)
    finished = jobs.finish_task(job.id, "probe", LATER)
    late = jobs.start_task(job.id, "probe", LATER)

    assert started == again
    assert finished is not None
    assert late == finished
    task = finished.tasks["probe"]
    assert (task.status, task.progress, task.started_at, task.finished_at) == ("completed", 1.0, NOW, LATER)


def test_the_same_warning_is_given_once(jobs: JobStore) -> None:
    job = running(jobs)
    for _ in range(2):
        warned = jobs.add_warning(job.id, ODD, NOW)

    assert warned is not None
    assert warned.warnings == (ODD,)


def test_progress_only_rises(jobs: JobStore) -> None:
    job = running(jobs)
    jobs.raise_progress(job, Measured(overall=0.5, tasks={"video": 0.6, "audio": 0.2}))
    shown = jobs.raise_progress(job, Measured(overall=0.4, tasks={"video": 0.7, "audio": 0.1}))

    assert shown is not None
    assert shown.progress == 0.5
    assert (shown.tasks["video"].progress, shown.tasks["audio"].progress) == (0.7, 0.2)


def test_weights_are_kept(jobs: JobStore) -> None:
    job = running(jobs)
    weighed = jobs.set_weights(job.id, PartWeights(video=(1.5, 2.5), audio=(1.0,)), NOW)

    assert weighed is not None
    assert weighed.weights == PartWeights(video=(1.5, 2.5), audio=(1.0,))


def test_pages_are_newest_first_and_cut_by_id(jobs: JobStore) -> None:
    asset_id = ids.new_asset_id()
    mine = sorted((added(jobs, asset_id).id for _ in range(4)), reverse=True)

    assert [job.id for job in jobs.of_asset(asset_id)] == mine
    before = mine[1]
    assert [job.id for job in jobs.page("pending", 2, before)] == mine[2:]
    assert all(job.status == "running" for job in jobs.page("running", 100, None))


def test_a_deleted_job_is_gone(jobs: JobStore) -> None:
    job = added(jobs)
    jobs.delete(job.id)
    jobs.delete(job.id)

    assert jobs.get(job.id) is None


def test_jobs_that_ended_since_a_moment_come_in_the_order_of_their_ends(jobs: JobStore) -> None:
    far = NOW + timedelta(days=9_000)  # after whatever other tests leave in the database
    made = [added(jobs) for _ in range(4)]
    for job, minutes in zip(made[:3], (5, 3, 0), strict=True):
        jobs.cancel(job.id, far + timedelta(minutes=minutes))

    assert [j.id for j in jobs.finished_since(far + timedelta(minutes=3), 10)] == [made[1].id, made[0].id]
    assert [j.id for j in jobs.finished_since(far, 2)] == [made[2].id, made[1].id]


def test_who_waits_is_known_in_the_order_of_arrival_until_it_begins(jobs: JobStore) -> None:
    first, second, third = (added(jobs) for _ in range(3))
    for job, seconds in ((second, 0), (first, 5), (third, 9)):
        assert jobs.wait(job.id, NOW + timedelta(seconds=seconds)) is not None
    assert jobs.wait(first.id, LATER + timedelta(hours=1)) is None
    ours = {first.id, second.id, third.id}
    assert [job.id for job in jobs.waiting() if job.id in ours] == [second.id, first.id, third.id]

    jobs.begin(second.id, SOURCE, "media", LATER)
    jobs.cancel(third.id, LATER)
    assert [job.id for job in jobs.waiting() if job.id in ours] == [first.id]
    assert jobs.wait(second.id, LATER) is None


def test_a_job_is_at_work_until_its_film_is_released_or_it_is_over(jobs: JobStore) -> None:
    working, released, failed = (running(jobs) for _ in range(3))
    ours = {working.id, released.id, failed.id}
    assert {job.id for job in jobs.at_work()} & ours == ours
    jobs.seal(released.id, 1, LATER)
    jobs.release(released.id, 1, LATER)
    jobs.fail(failed.id, 1, ODD, LATER)
    assert {job.id for job in jobs.at_work()} & ours == {working.id}


def test_jobs_of_which_a_task_began_again_since_a_moment_come_in_that_order(jobs: JobStore) -> None:
    far = NOW + timedelta(days=9_000)
    made = [added(jobs) for _ in range(3)]
    for job, minutes in zip(made[:2], (5, 3), strict=True):
        jobs.begin(job.id, SOURCE, "media", NOW)
        completed = jobs.complete(job.id, 1, NOW)
        assert completed is not None
        again = jobs.begin_task_again(completed, "captions", far + timedelta(minutes=minutes))
        assert again is not None
        assert again.runs_again == ("captions",)

    assert [j.id for j in jobs.retried_since(far, 10)] == [made[1].id, made[0].id]
    assert [j.id for j in jobs.retried_since(far + timedelta(minutes=4), 10)] == [made[0].id]


def test_a_task_that_has_ended_again_does_not_hide_one_that_has_not(jobs: JobStore) -> None:
    far = NOW + timedelta(days=9_100)
    ended, running_still = (added(jobs) for _ in range(2))
    for job, minutes in ((ended, 1), (running_still, 2)):
        jobs.begin(job.id, SOURCE, "media", NOW)
        completed = jobs.complete(job.id, 1, NOW)
        assert completed is not None
        assert jobs.begin_task_again(completed, "analysis", far + timedelta(minutes=minutes)) is not None
    jobs.finish_task(ended.id, "analysis", far + timedelta(minutes=3))

    assert [j.id for j in jobs.retried_since(far, 1)] == [running_still.id]
