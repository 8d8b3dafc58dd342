"""What enriches a film dies on the job: the film is watched all the same, the job says what is missing, and only that
is made again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from benchmarks.service import MarqueeService
from cli.endpoint import Json
from cli.follow import job_states, wait_for_job
from cli.transfer import Uploader
from tests.speech_films import spoken_film

pytestmark = pytest.mark.e2e

WORKER = "enrich_worker.function"
PATIENCE_SECONDS = 240.0


def task(job: Json, name: str) -> Json:
    return next(one for one in job["tasks"] if one["name"] == name)


def kill_all(service: MarqueeService) -> None:
    for pid in service.processes(WORKER):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def until(service: MarqueeService, job_id: str, reached: Callable[[Json], bool], meanwhile: Callable[[], None]) -> Json:
    """The job once it has `reached` what is waited for."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        meanwhile()
        job = service.endpoint.get(f"/jobs/{job_id}")
        if reached(job):
            return job
        time.sleep(0.1)
    raise AssertionError(f"the job stays as it is: {job}")


def test_a_listener_that_dies_again_and_again_leaves_the_film_without_captions_until_they_are_asked_for(
    service: MarqueeService,
) -> None:
    transfer = Uploader(service.endpoint).send(spoken_film("rms").path, analysis=False)
    until(
        service,
        transfer.job_id,
        lambda job: task(job, "captions")["status"] == "failed",
        lambda: kill_all(service),
    )
    job = wait_for_job(service.endpoint, transfer.job_id)
    assert (job["status"], job["playable"], job["error"]) == ("completed", True, None)
    assert [warning["code"] for warning in job["warnings"]] == ["captions_failed"]
    assert task(job, "captions")["error"]["code"] == "worker_died"
    assert task(job, "analysis")["status"] == "skipped"
    asset = service.endpoint.get(f"/assets/{transfer.asset_id}")
    assert (asset["status"], asset["text_tracks"]) == ("ready", [])

    service.endpoint.post(f"/jobs/{transfer.job_id}/tasks/captions/retry", {})
    job = until(service, transfer.job_id, lambda job: task(job, "captions")["status"] == "completed", lambda: None)
    assert (job["status"], job["warnings"]) == ("completed", [])
    (track,) = service.endpoint.get(f"/assets/{transfer.asset_id}")["text_tracks"]
    assert (track["language"], track["source"], track["draft"]) == ("en", "sphinx", True)


def test_the_film_is_ready_while_its_listener_hangs(service: MarqueeService) -> None:
    stopped: set[int] = set()

    def stop_all() -> None:
        for pid in set(service.processes(WORKER)) - stopped:
            os.kill(pid, signal.SIGSTOP)
            stopped.add(pid)

    transfer = Uploader(service.endpoint).send(spoken_film("rms").path, analysis=False)
    try:
        until(
            service,
            transfer.job_id,
            lambda job: service.endpoint.get(f"/assets/{transfer.asset_id}")["status"] == "ready",
            stop_all,
        )
        job = service.endpoint.get(f"/jobs/{transfer.job_id}")
        assert (job["status"], job["playable"], task(job, "captions")["status"]) == ("running", True, "running")
        # It gets what encoders leave.
        assert {os.sched_getscheduler(pid) for pid in stopped} == {os.SCHED_IDLE}
    finally:
        for pid in stopped & set(service.processes(WORKER)):
            os.kill(pid, signal.SIGCONT)
    *_, job = job_states(service.endpoint, transfer.job_id)
    assert (job["status"], job["warnings"]) == ("completed", [])
