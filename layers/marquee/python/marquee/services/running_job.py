"""The guard of every step: an execution works only for the attempt that its job is at."""

from __future__ import annotations

from marquee.domain.errors import Conflict
from marquee.domain.jobs import Job
from marquee.domain.pipeline import Execution
from marquee.domain.stores import JobStore


def running_job(jobs: JobStore, execution: Execution) -> Job:
    """The job, running at this attempt; raises `Conflict` (permanent: the execution ends) otherwise."""
    job = jobs.get(execution.job_id)
    if job is None or job.status != "running" or job.attempt != execution.attempt:
        state = "gone" if job is None else f"{job.status} at attempt {job.attempt}"
        raise Conflict(f"The job is {state}; attempt {execution.attempt} ends.", code="superseded")
    return job
