"""`kill -9` of each part at work: the job ends completed, and no frame is missing or there twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from functools import partial

import pytest

from benchmarks.service import MarqueeService
from cli.endpoint import Json
from cli.follow import job_states, wait_for_job
from cli.transfer import Uploader
from tests.e2e.viewing import decode_published
from tests.films import film

pytestmark = pytest.mark.e2e

SECONDS = 40.0
FRAMES = round(SECONDS * 25)


def kill_when_seen(service: MarqueeService, words: str) -> None:
    """Kill one process of the service with `words` in its command line as soon as there is one."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for pid in service.processes(words):
            os.kill(pid, signal.SIGKILL)
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing with {words!r} came to life")


def run_and_disturb(service: MarqueeService, disturb: Callable[[], object]) -> Json:
    """Upload a film, call `disturb` when its video has begun, and give the job's end."""
    transfer = Uploader(service.endpoint).send(film("tiny", seconds=SECONDS))
    disturbed, last, job = False, 0.0, {}
    for job in job_states(service.endpoint, transfer.job_id):
        assert job["progress"] >= last, "progress went backwards"
        last = job["progress"]
        started = any(task["name"] == "video" and task["status"] == "running" for task in job["tasks"])
        if started and not disturbed:
            disturbed = True
            disturb()
    assert disturbed
    return job


def assert_whole(service: MarqueeService, job: Json) -> None:
    assert (job["status"], job["error"]) == ("completed", None)
    assert {len(times) for times in decode_published(service.endpoint, job).videos} == {FRAMES}


@pytest.mark.parametrize(
    "victim", ["-progress", "ffmpeg_worker.function", "ffmpeg_worker.task", "valkey-server", "local.database.gateway"]
)
def test_killing_a_process_costs_nothing_but_time(victim: str, service: MarqueeService) -> None:
    assert_whole(service, run_and_disturb(service, lambda: kill_when_seen(service, victim)))


def test_killing_the_database_server_costs_nothing_but_time(service: MarqueeService) -> None:
    # PostgreSQL's own children call themselves `postgres: …`: only the server has a path.
    kill = partial(kill_when_seen, service, "bin/postgres -D")
    assert_whole(service, run_and_disturb(service, kill))


def test_killing_everything_leaves_no_orphan_and_the_job_goes_on_after_a_restart() -> None:
    with MarqueeService() as service:
        transfer = Uploader(service.endpoint).send(film("tiny", seconds=SECONDS))
        for job in job_states(service.endpoint, transfer.job_id):
            if job["progress"] > 0.3:
                break
        service.kill()
        assert service.orphans(within_seconds=10) == []
        service.start()
        assert_whole(service, wait_for_job(service.endpoint, transfer.job_id))
