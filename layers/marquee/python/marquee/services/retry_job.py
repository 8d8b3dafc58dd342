"""Run a job again that failed or was canceled."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, NotFound
from marquee.domain.jobs import Job
from marquee.domain.ports import Executions, LiveProgress, ObjectStore
from marquee.domain.stores import AssetStore, JobStore
from marquee.domain.work import working_on
from marquee.services.cancel_job import JobAccepted


@dataclass(frozen=True)
class RetryJob:
    """`POST /jobs/{id}/retry`. What is encoded and still there is not encoded again."""

    jobs: JobStore
    assets: AssetStore
    objects: ObjectStore
    executions: Executions
    progress: LiveProgress
    clock: Clock = utc_now

    def __call__(self, job_id: str) -> JobAccepted:
        job = self.jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        working_on(upload_id=job.upload_id, asset_id=job.asset_id, job_id=job.id)
        if job.status not in {"failed", "canceled"}:
            raise Conflict(f"The job is {job.status}.", code="job_not_retryable")
        again = self._again(job)
        if again is None:
            raise Conflict("The job was changed by somebody else.", code="job_not_retryable")
        self.assets.mark_processing(job.asset_id, self.clock())
        if again.status == "running":
            self.executions.start(again.execution())
        return JobAccepted(job_id=job.id)

    def _again(self, job: Job) -> Job | None:
        if job.media_bucket is None:
            # It never ran: its source starts it when it comes, or reconcile when it is there.
            return self.jobs.reopen(job, self.clock())
        self.progress.clear(job.id)
        self.objects.delete(job.media_bucket, keys.failure_key(job.id))
        return self.jobs.begin_again(job, self.clock(), afresh=True)
