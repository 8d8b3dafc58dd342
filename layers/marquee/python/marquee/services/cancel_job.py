"""Stop a job because somebody asked for it."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, NotFound
from marquee.domain.events import Events, job_canceled
from marquee.domain.jobs import Job, Problem
from marquee.domain.media import Model
from marquee.domain.message_facts import transcoded
from marquee.domain.ports import Executions, ObjectStore
from marquee.domain.stores import AssetStore, JobStore
from marquee.domain.work import working_on
from marquee.services.close_tasks import close_tasks
from marquee.services.discard_outputs import discard_outputs
from marquee.services.mark_jobs import JobMarker

CANCELED = Problem(code="canceled", message="The job was canceled.")


class JobAccepted(Model):
    """What was asked for happens to this job."""

    job_id: str


@dataclass(frozen=True)
class CancelJob:
    """`POST /jobs/{id}/cancel`. May be repeated; repeating cleans up again. A film that is released stays: what is
    stopped then is only what would have made it richer, and the job is completed."""

    jobs: JobStore
    assets: AssetStore
    objects: ObjectStore
    executions: Executions
    events: Events
    clock: Clock = utc_now

    def __call__(self, job_id: str) -> JobAccepted:
        if self._stop_enriching(job_id):
            return JobAccepted(job_id=job_id)
        job = self.jobs.cancel(job_id, self.clock()) or self._canceled_before(job_id)
        working_on(upload_id=job.upload_id, asset_id=job.asset_id, job_id=job.id)
        if job.attempt:
            self.executions.stop(job.execution_name, CANCELED.message)
            discard_outputs(self.objects, job, "everything")
        self.assets.fail(job.asset_id, CANCELED, self.clock())
        # Also when it is repeated: the first call may have died before it said so.
        self.events.announce(job_canceled(job))
        if job.attempt:
            self.events.announce(transcoded(job, status="canceled"))
        return JobAccepted(job_id=job.id)

    def _stop_enriching(self, job_id: str) -> bool:
        job = self.jobs.get(job_id)
        if job is None or job.status != "running" or job.released_at is None:
            return False
        self.executions.stop(job.execution_name, CANCELED.message)
        close_tasks(job, self.objects, JobMarker(self.jobs, self.assets, self.events, self.clock), CANCELED)
        self.jobs.complete(job.id, job.attempt, self.clock())
        return True

    def _canceled_before(self, job_id: str) -> Job:
        job = self.jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if job.status != "canceled":
            state = "being finished" if job.status == "running" else job.status
            raise Conflict(f"The job is {state}.", code="job_not_cancelable")
        return job
