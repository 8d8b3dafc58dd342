"""What enriches a film dies on the job, or hangs: the film is watched all the same, the job says what is missing, and
only that is made again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable

import pytest

from benchmarks.service import MarqueeService
from cli.endpoint import Json
from cli.follow import wait_for_job
from cli.transfer import Uploader
from tests.e2e.storage import published
from tests.speech_films import STORY, spoken_film

pytestmark = pytest.mark.e2e

WORKER, IMAGES = "enrich_worker.function", "images.handler"
ENRICHERS = ("images", "captions", "analysis")
PATIENCE_SECONDS = 240.0


def tasks(job: Json) -> dict[str, Json]:
    return {task["name"]: task for task in job["tasks"]}


def states(job: Json) -> set[str]:
    return {tasks(job)[name]["status"] for name in ENRICHERS}


def signal_all(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def enrichers(service: MarqueeService) -> set[int]:
    return {*service.processes(WORKER), *service.processes(IMAGES)}


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


def test_enrichers_that_die_again_and_again_leave_the_film_without_what_they_make_until_that_is_asked_for(
    service: MarqueeService,
) -> None:
    transfer = Uploader(service.endpoint).send(spoken_film("rms", STORY[:2]).path)
    until(
        service,
        transfer.job_id,
        lambda job: states(job) == {"failed"},
        lambda: signal_all(enrichers(service), signal.SIGKILL),
    )
    job = wait_for_job(service.endpoint, transfer.job_id)
    assert (job["status"], job["playable"], job["error"]) == ("completed", True, None)
    assert {warning["code"] for warning in job["warnings"]} == {f"{name}_failed" for name in ENRICHERS}
    assert {tasks(job)[name]["error"]["code"] for name in ENRICHERS} == {"worker_died"}
    asset = service.endpoint.get(f"/assets/{transfer.asset_id}")
    assert (asset["status"], asset["poster"], asset["text_tracks"], asset["chapters"]) == ("ready", None, [], [])

    for name in ENRICHERS:
        service.endpoint.post(f"/jobs/{transfer.job_id}/tasks/{name}/retry", {})
    job = until(service, transfer.job_id, lambda job: "running" not in states(job), lambda: None)
    assert (job["status"], job["warnings"], states(job)) == ("completed", [], {"completed"})
    asset = service.endpoint.get(f"/assets/{transfer.asset_id}")
    (track,) = asset["text_tracks"]
    assert (track["language"], track["source"], track["draft"]) == ("en", "sphinx", True)
    assert asset["poster"] is not None
    assert asset["chapters"]


def test_the_film_is_ready_while_its_enrichers_hang_and_can_be_deleted_while_they_work(
    service: MarqueeService,
) -> None:
    stopped: set[int] = set()

    def stop_all() -> None:
        more = enrichers(service) - stopped
        signal_all(more, signal.SIGSTOP)
        stopped.update(more)

    transfer = Uploader(service.endpoint).send(spoken_film("rms").path)
    try:
        until(
            service,
            transfer.job_id,
            lambda job: service.endpoint.get(f"/assets/{transfer.asset_id}")["status"] == "ready",
            stop_all,
        )
        job = service.endpoint.get(f"/jobs/{transfer.job_id}")
        assert (job["status"], job["playable"], tasks(job)["captions"]["status"]) == ("running", True, "running")
        assert not states(job) & {"completed", "failed"}
        # A listener gets what encoders leave.
        listeners = stopped & set(service.processes(WORKER))
        assert {os.sched_getscheduler(pid) for pid in listeners} == {os.SCHED_IDLE}
    finally:
        signal_all(stopped & enrichers(service), signal.SIGCONT)

    # They are at it now; nothing of what they write stays.
    service.endpoint.call("DELETE", f"/assets/{transfer.asset_id}")
    service.come_to_rest()
    assert published(service, transfer.asset_id) == []
