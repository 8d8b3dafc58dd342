"""`operations` through its real entry, over stores in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from health.handler import lambda_handler as health
from health.wiring import wiring as health_wiring
from marquee.domain.clock import utc_now
from marquee.domain.jobs import PartWeights, Problem
from marquee.domain.operations import QueueDepth, functions_in
from operations.handler import lambda_handler
from operations.wiring import wiring

from tests.fakes_operations import MemoryBreakers, MemoryQueues
from tests.platform import Answer, Platform


@dataclass
class Service:
    """A platform with its queues and breakers, asked by an administrator."""

    platform: Platform
    queues: MemoryQueues = field(default_factory=MemoryQueues)
    breakers: MemoryBreakers = field(default_factory=MemoryBreakers)

    def ask(self) -> Answer:
        self.platform.caller = "admin"
        with self.platform.within(wiring, queues=self.queues, breakers=self.breakers):
            return self.platform.call(lambda_handler, "GET", "/api/v1/operations")


@pytest.fixture
def service(platform: Platform) -> Service:
    return Service(platform)


def encoding(platform: Platform) -> str:
    """A job whose four shards are to be encoded; the first is done, the second half."""
    job = platform.running()
    platform.jobs.set_weights(job.id, PartWeights(video=(1.0, 1.0, 1.0, 5.0), audio=(1.0,)), utc_now())
    for task in ("video", "audio"):
        platform.jobs.start_task(job.id, task, utc_now())
    platform.progress.report(job.id, "video", 0, 1.0)
    platform.progress.report(job.id, "video", 1, 0.5)
    return job.id


def test_a_running_job_shows_each_of_its_shards(service: Service) -> None:
    job_id = encoding(service.platform)
    (job,) = service.ask().body["jobs"]
    video = next(task for task in job["tasks"] if task["name"] == "video")

    assert (job["id"], job["attempt"], job["filename"]) == (job_id, 1, "film.mp4")
    assert [(p["state"], p["progress"], p["share"]) for p in video["parts"]] == [
        ("done", 1.0, 0.125),
        ("running", 0.5, 0.125),
        ("waiting", 0.0, 0.125),
        ("waiting", 0.0, 0.625),
    ]
    assert video["progress"] == 0.18  # 1.5 of 8
    assert {task["name"]: task["status"] for task in job["tasks"]}["audio"] == "running"


def test_every_part_of_a_finished_task_is_done_whatever_the_board_forgot(service: Service) -> None:
    job_id = encoding(service.platform)
    service.platform.jobs.finish_task(job_id, "video", utc_now())
    service.platform.progress.clear(job_id)
    (job,) = service.ask().body["jobs"]
    video = next(task for task in job["tasks"] if task["name"] == "video")

    assert {part["state"] for part in video["parts"]} == {"done"}


def test_what_was_planned_by_nobody_is_known_by_its_reports(service: Service) -> None:
    job_id = encoding(service.platform)
    service.platform.jobs.start_task(job_id, "captions", utc_now())
    service.platform.progress.report(job_id, "captions", 2, 0.25)
    (job,) = service.ask().body["jobs"]
    captions = next(task for task in job["tasks"] if task["name"] == "captions")

    assert [part["state"] for part in captions["parts"]] == ["waiting", "waiting", "running"]


def test_the_newest_failures_say_why(service: Service) -> None:
    job = service.platform.running()
    service.platform.jobs.fail(job.id, 1, Problem(code="invalid_media", message="No film."), utc_now())
    service.platform.uploaded()
    answer = service.ask().body

    assert answer["jobs"] == []
    assert [(failed["id"], failed["error"]["code"]) for failed in answer["failed"]] == [(job.id, "invalid_media")]
    assert answer["pending"] == 1


def test_queues_breakers_and_functions_are_told(service: Service) -> None:
    service.queues.kept = [QueueDepth(name="ingest", waiting=3, in_flight=1, delayed=0)]
    service.breakers.kept = {"tmdb": "open"}
    service.ask()
    answer = service.ask().body

    assert answer["queues"] == [{"name": "ingest", "waiting": 3, "in_flight": 1, "delayed": 0}]
    assert answer["breakers"] == [{"name": "tmdb", "phase": "open"}]
    assert sum(function["runs"] for function in answer["functions"]) == 1
    assert answer["away"] == []


def test_what_is_away_is_named_and_the_rest_is_told(service: Service) -> None:
    encoding(service.platform)
    service.queues.away = service.breakers.away = service.platform.metrics.away = True
    answer = service.ask()

    assert answer.status == 200
    assert (answer.body["queues"], answer.body["functions"], answer.body["breakers"]) == (None, None, None)
    assert answer.body["away"] == ["cache", "queues"]
    assert len(answer.body["jobs"]) == 1


def test_functions_are_counted_by_their_own_name_and_failures_apart() -> None:
    counted = {
        'function_duration_seconds_bucket{function="movies",le="0.1"}': 3.0,
        'function_duration_seconds_bucket{function="movies",le="0.5"}': 1.0,
        'function_duration_seconds_sum{function="movies"}': 0.75,
        'function_duration_seconds_bucket{function="jobs",le="0.1"}': 9.0,
        'function_failures_total{function="movies"}': 2.0,
        'http_requests_total{method="GET",route="/movies",status="500"}': 2.0,
    }
    found = [(f.name, f.runs, f.failures, f.seconds) for f in functions_in(counted)]

    assert found == [("jobs", 9, 0, 0.0), ("movies", 4, 2, 0.75)]


def test_only_a_failure_of_ours_is_counted_as_one(platform: Platform) -> None:
    with platform.within(health_wiring):
        platform.call(health, "GET", "/api/v1/nowhere")
    assert not [name for name in platform.metrics.kept if name.startswith("function_failures")]
    assert [name for name in platform.metrics.kept if name.startswith("function_duration")]
