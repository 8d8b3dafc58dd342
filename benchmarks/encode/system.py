"""The same film through the whole service: what all its processes use, beside what its workers say they used."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.encode.peers import Cost
from benchmarks.service import MarqueeService
from cli.transfer import Uploader

LIMIT_SECONDS = 4 * 3600
FINISHED = {"completed", "failed", "canceled"}


@dataclass(frozen=True)
class SystemCost:
    """A whole job. `idle_per_second`: CPU that the service uses while nothing happens, taken off the job's."""

    job: Cost
    idle_per_second: float


def whole_job(film: Path, service: MarqueeService) -> SystemCost:
    """From "upload completed" until the job is completed, with the CPU of every process of the service."""
    idle_started = service.cpu_seconds()
    time.sleep(5)  # not waiting for anything: this is the measurement of an idle service
    idle = (service.cpu_seconds() - idle_started) / 5
    transfer = Uploader(service.endpoint).send(film)
    cpu, started = service.cpu_seconds(), time.monotonic()
    status = ""
    while status not in FINISHED:
        if time.monotonic() - started > LIMIT_SECONDS:
            raise SystemExit("The job did not end.")
        time.sleep(0.5)
        status = str(service.endpoint.get(f"/jobs/{transfer.job_id}")["status"])
    if status != "completed":
        raise SystemExit(f"The job ended as {status}; see {service.log}.")
    wall = time.monotonic() - started
    return SystemCost(Cost(service.cpu_seconds() - cpu - idle * wall, wall), idle)
