"""Jobs are read, with live progress."""

from aws_lambda_powertools.event_handler import Response
from marquee.domain.jobs import JobStatus
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Cursor, Limit
from marquee.services.list_jobs import JobsPage
from marquee.services.paging import DEFAULT_LIMIT
from marquee.services.show_job import JobAnswer

from jobs.api import api
from jobs.wiring import wiring

Status = JobStatus | None


@api.get(f"{PREFIX}/jobs", middlewares=[admins])
def list_jobs(status: Status = None, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response[JobsPage]:
    """Jobs, newest first."""
    return api.ok(wiring.list_jobs(status, limit, cursor))


@api.get(f"{PREFIX}/jobs/<job_id>", middlewares=[admins])
def show_job(job_id: str) -> Response[JobAnswer]:
    """A job, its tasks and its live progress."""
    return api.ok(wiring.show_job(job_id))
