"""Trigger: HTTP, /api/v1/jobs. Effect: jobs are read with live progress, stopped and run again."""

from aws_lambda_powertools.event_handler import Response
from marquee.domain.enrichment import EnrichTask
from marquee.domain.jobs import JobStatus
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Api, Cursor, Limit
from marquee.services.cancel_job import JobAccepted
from marquee.services.list_jobs import JobsPage
from marquee.services.paging import DEFAULT_LIMIT
from marquee.services.show_job import JobAnswer

from jobs.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle
Status = JobStatus | None


@api.get(f"{PREFIX}/jobs", middlewares=[admins])
def list_jobs(status: Status = None, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response[JobsPage]:
    """Jobs, newest first."""
    return api.ok(wiring.list_jobs(status, limit, cursor))


@api.get(f"{PREFIX}/jobs/<job_id>", middlewares=[admins])
def show_job(job_id: str) -> Response[JobAnswer]:
    """A job, its tasks and its live progress."""
    return api.ok(wiring.show_job(job_id))


@api.post(f"{PREFIX}/jobs/<job_id>/cancel", middlewares=[admins])
def cancel_job(job_id: str) -> Response[JobAccepted]:
    """Stop a job. Nothing of what it made is published."""
    return api.accepted(wiring.cancel_job(job_id))


@api.post(f"{PREFIX}/jobs/<job_id>/retry", middlewares=[admins])
def retry_job(job_id: str) -> Response[JobAccepted]:
    """Run a failed or canceled job again; finished tasks stay finished."""
    return api.accepted(wiring.retry_job(job_id))


@api.post(f"{PREFIX}/jobs/<job_id>/tasks/<name>/retry", middlewares=[admins])
def retry_task(job_id: str, name: EnrichTask) -> Response[JobAccepted]:
    """Do one task of a completed job again: pictures, captions or the analysis. The film stays as it is."""
    return api.accepted(wiring.retry_task(job_id, name))
