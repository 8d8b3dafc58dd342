"""`jobs` through its real entry, over stores in memory."""

from collections.abc import Iterator

import pytest
from jobs.handler import lambda_handler
from jobs.wiring import wiring
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.jobs import TASK_NAMES, Job, PartWeights, Problem

from tests.platform import MEDIA, Answer, Platform

BASE = "/api/v1/jobs"


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    platform.caller = "admin"
    with platform.within(wiring):
        yield


def show(platform: Platform, job: Job) -> Answer:
    return platform.call(lambda_handler, "GET", f"{BASE}/{job.id}")


def encoding(platform: Platform) -> Job:
    """A job whose video and audio run: two shards, the second three times the first."""
    job, now = platform.running(), utc_now()
    platform.jobs.set_weights(job.id, PartWeights(video=(1, 3), audio=(1,)), now)
    for task in ("probe", "plan"):
        platform.jobs.finish_task(job.id, task, now)
    for task in ("video", "audio"):
        platform.jobs.start_task(job.id, task, now)
    return job


def test_a_job_is_shown_with_its_tasks_in_order(platform: Platform) -> None:
    job = platform.running()
    answer = show(platform, job)

    assert (answer.status, answer.body["status"], answer.body["progress"]) == (200, "running", 0.0)
    assert [t["name"] for t in answer.body["tasks"]] == list(TASK_NAMES)
    assert (answer.body["playable"], answer.body["playback_url"]) == (False, None)


def test_progress_weighs_shards_by_their_work(platform: Platform) -> None:
    job = encoding(platform)
    platform.progress.report(job.id, "video", 1, 1.0)

    tasks = {t["name"]: t["progress"] for t in show(platform, job).body["tasks"]}

    assert (tasks["video"], tasks["audio"]) == (0.75, 0.0)


def test_progress_never_goes_backwards_even_when_the_board_is_lost(platform: Platform) -> None:
    job = encoding(platform)
    platform.progress.report(job.id, "video", 1, 0.8)
    before = show(platform, job).body
    platform.progress.clear(job.id)
    lost = show(platform, job).body
    platform.progress.away = True
    away = show(platform, job).body

    assert before["progress"] > 0.4
    assert lost["progress"] == away["progress"] == before["progress"]
    assert lost["tasks"] == before["tasks"]


def test_progress_is_one_only_when_completed(platform: Platform) -> None:
    job = encoding(platform)
    for task, part in (("video", 0), ("video", 1), ("audio", 0)):
        platform.progress.report(job.id, task, part, 1.0)  # type: ignore[arg-type]
    for name in ("video", "audio", "images", "captions", "package", "analysis"):
        platform.jobs.finish_task(job.id, name, utc_now())  # type: ignore[arg-type]
    assert show(platform, job).body["progress"] == 0.99

    platform.jobs.complete(job.id, 1, utc_now())

    assert show(platform, job).body["progress"] == 1.0


def test_an_unchanged_job_is_not_sent_again(platform: Platform) -> None:
    job = platform.running()
    etag = show(platform, job).headers["etag"]
    again = platform.call(lambda_handler, "GET", f"{BASE}/{job.id}", headers={"If-None-Match": etag})
    assert (again.status, again.body) == (304, None)

    platform.jobs.start_task(job.id, "probe", utc_now())
    changed = platform.call(lambda_handler, "GET", f"{BASE}/{job.id}", headers={"If-None-Match": etag})

    assert (changed.status, changed.body["tasks"][0]["status"]) == (200, "running")


def test_jobs_are_paged_newest_first(platform: Platform) -> None:
    jobs = sorted((platform.uploaded() for _ in range(5)), key=lambda job: job.id, reverse=True)
    seen, path = [], f"{BASE}?limit=2"
    for _ in range(3):
        page = platform.call(lambda_handler, "GET", path).body
        seen += [item["id"] for item in page["items"]]
        path = f"{BASE}?limit=2&cursor={page['next_cursor']}"

    assert (seen, page["next_cursor"]) == ([job.id for job in jobs], None)


def test_jobs_are_listed_by_status(platform: Platform) -> None:
    platform.uploaded()
    running = platform.running()
    page = platform.call(lambda_handler, "GET", f"{BASE}?status=running").body

    assert [item["id"] for item in page["items"]] == [running.id]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "status=odd", "cursor=%21", "cursor=bm9uZQ"])
def test_a_wrong_query_is_a_422(platform: Platform, query: str) -> None:
    assert platform.call(lambda_handler, "GET", f"{BASE}?{query}").status == 422


def test_canceling_stops_the_execution_and_removes_what_was_made(platform: Platform) -> None:
    job = platform.running()
    platform.publish(job)
    answers = [platform.call(lambda_handler, "POST", f"{BASE}/{job.id}/cancel").status for _ in range(2)]

    assert answers == [202, 202]
    assert show(platform, job).body["status"] == "canceled"
    assert platform.executions.status(job.execution_name) == "ABORTED"
    assert platform.published(job) == []
    assert not list(platform.objects.list(MEDIA, keys.results_prefix(job.id)))
    assert platform.assets.kept[job.asset_id].status == "failed"


@pytest.mark.parametrize("state", ["completed", "sealed"])
def test_what_is_or_is_being_finished_cannot_be_canceled(platform: Platform, state: str) -> None:
    job = platform.running()
    platform.jobs.seal(job.id, 1, utc_now())
    if state == "completed":
        platform.jobs.complete(job.id, 1, utc_now())

    answer = platform.call(lambda_handler, "POST", f"{BASE}/{job.id}/cancel")

    assert (answer.status, answer.body["code"]) == (409, "job_not_cancelable")


def test_retrying_starts_the_next_attempt_from_a_clean_slate(platform: Platform) -> None:
    job = encoding(platform)
    platform.progress.report(job.id, "video", 0, 1.0)
    show(platform, job)
    platform.jobs.fail(job.id, 1, Problem(code="timed_out", message="Too long."), utc_now())

    assert platform.call(lambda_handler, "POST", f"{BASE}/{job.id}/retry").status == 202

    again = show(platform, job).body
    assert (again["status"], again["attempt"], again["progress"], again["error"]) == ("running", 2, 0.0, None)
    assert [e.name for e in platform.executions.started] == [f"{job.asset_id}-1-1", f"{job.asset_id}-1-2"]
    assert platform.assets.kept[job.asset_id].status == "processing"


def test_a_job_canceled_before_its_source_came_waits_for_it_again(platform: Platform) -> None:
    job = platform.uploaded()
    platform.call(lambda_handler, "POST", f"{BASE}/{job.id}/cancel")
    platform.call(lambda_handler, "POST", f"{BASE}/{job.id}/retry")

    assert show(platform, job).body["status"] == "pending"
    assert platform.executions.calls == 0


def test_a_running_job_is_not_retried(platform: Platform) -> None:
    answer = platform.call(lambda_handler, "POST", f"{BASE}/{platform.running().id}/retry")

    assert (answer.status, answer.body["code"]) == (409, "job_not_retryable")


@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("POST", "/cancel"), ("POST", "/retry")])
def test_an_unknown_job_is_a_404(platform: Platform, method: str, tail: str) -> None:
    assert platform.call(lambda_handler, method, f"{BASE}/job_none{tail}").status == 404


def test_a_cancellation_is_said_once(platform: Platform) -> None:
    job = platform.running()
    for _ in range(2):
        platform.call(lambda_handler, "POST", f"{BASE}/{job.id}/cancel")

    assert platform.events.types.count("job.canceled") == 1
