"""Jobs are stopped and run again, whole or one task of them."""

from aws_lambda_powertools.event_handler import Response
from marquee.domain.enrichment import EnrichTask
from marquee.entry.access import admins
from marquee.entry.http import PREFIX
from marquee.services.cancel_job import JobAccepted

from jobs.api import api
from jobs.wiring import wiring


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
