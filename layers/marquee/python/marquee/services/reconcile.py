"""Bring what is and what should be together again: lost events, lost executions, forgotten uploads.

Runs every minute and may run twice at once, at any moment, also right after everything was killed: each
repair is a step that is safe to repeat, guarded by the documents' compare-and-set.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import Field

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import MarqueeError, PermanentError
from marquee.domain.jobs import Job, JobStatus, Problem
from marquee.domain.measures import JOBS_RUNNING, JOBS_STUCK, JOBS_WAITING, OLDEST_JOB_AGE, measure
from marquee.domain.media import Model
from marquee.domain.pipeline import Source
from marquee.domain.ports import Executions, ObjectStore
from marquee.domain.stores import JobStore, UploadStore
from marquee.services.abort_upload import AbortUpload
from marquee.services.discard_outputs import discard_outputs
from marquee.services.fail_job import OUR_FAULTS, FailJob
from marquee.services.finish_job import FinishJob
from marquee.services.ingest_upload import IngestUpload
from marquee.services.resume_tasks import ResumeTasks
from marquee.services.take_turns import TakeTurns

logger = logging.getLogger("marquee.reconcile")

PAGE = 100
MAX_RESTARTS = 5
# Workers in flight when a job fails or is canceled may write for as long as the longest of them lives.
SWEEP_UNTIL = timedelta(minutes=20)
# The machine that runs a task again ends each execution before.
LONGEST_RETRY = timedelta(hours=13)

GAVE_UP = Problem(code="gave_up", message=f"The job was started again {MAX_RESTARTS} times and never came to an end.")


# No film should take that long; and one restart happens, two have a reason.
STUCK_AFTER_SECONDS = 6 * 3600
STUCK_RESTARTS = 2


class Nothing(Model):
    """The schedule says nothing that a round needs to know."""


class Report(Model):
    """Ids of what was repaired, by what was done."""

    done: dict[str, list[str]] = Field(default_factory=dict)

    def add(self, what: str, identifier: str) -> None:
        self.done.setdefault(what, []).append(identifier)


@dataclass(frozen=True)
class Reconcile:
    """One round over uploads and jobs that are not over. One that cannot be repaired does not stop the rest."""

    uploads: UploadStore
    jobs: JobStore
    objects: ObjectStore
    executions: Executions
    ingest_upload: IngestUpload
    abort_upload: AbortUpload
    finish_job: FinishJob
    fail_job: FailJob
    resume_tasks: ResumeTasks
    uploads_bucket: str
    clock: Clock = utc_now

    def __call__(self) -> Report:
        report, running = Report(), list(self._jobs("running"))
        tell_running(running, self.clock())
        for job in running:
            self._guarded(self._revive, job, report)
        self._start_pending(report)
        for job in self.jobs.retried_since(self.clock() - LONGEST_RETRY, PAGE):
            self._guarded(self._resume, job, report)
        for upload in self.uploads.expired(self.clock(), PAGE):
            self._abort(upload.id, report)
        for job in [*self._recently("failed"), *self._recently("canceled")]:
            self._guarded(self._sweep, job, report)
        if report.done:
            logger.warning("repaired", extra={"repaired": report.done})
        return report

    def _start_pending(self, report: Report) -> None:
        """Those whose turn it is, and those of whose source nobody was told."""
        turns, waiting = TakeTurns(self.jobs, self.ingest_upload.limits).next(), 0
        for job in self._jobs("pending"):
            waiting += 1
            if job.waiting_since is None or job.id in turns:
                self._guarded(self._start_forgotten, job, report)
        if waiting:
            measure({JOBS_WAITING: waiting})

    def _start_forgotten(self, job: Job, report: Report) -> None:
        """The source is there and nobody was told, or its turn has come."""
        key = keys.source_key(job.upload_id)
        if self.objects.head(self.uploads_bucket, key) is None:
            return
        if self.ingest_upload(Source(bucket=self.uploads_bucket, key=key)) is not None:
            report.add("started", job.id)

    def _revive(self, job: Job, report: Report) -> None:
        status = self.executions.status(job.execution_name)
        if status is None:
            # Claimed but never started, or the history of executions is lost with the cloud it was in.
            self.executions.start(job.execution())
            report.add("started", job.id)
        elif status == "SUCCEEDED":
            self._finish(job, report)
        elif status not in {"RUNNING", "PENDING_REDRIVE"}:
            self._restart(job, report)

    def _finish(self, job: Job, report: Report) -> None:
        try:
            self.finish_job(job.execution())
            report.add("finished", job.id)
        except PermanentError:
            logger.exception("cannot be finished", extra={"job_id": job.id})
            self._restart(job, report)

    def _restart(self, job: Job, report: Report) -> None:
        """The execution ended without a word on the job; what is encoded is kept."""
        if job.restarts >= MAX_RESTARTS:
            self.fail_job.give_up(job, GAVE_UP, retry_helps=True)
            report.add("given up", job.id)
            return
        again = self.jobs.begin_again(job, self.clock(), afresh=False)
        if again is not None:
            self.executions.start(again.execution())
            report.add("restarted", job.id)

    def _resume(self, job: Job, report: Report) -> None:
        if self.resume_tasks(job):
            report.add("resumed", job.id)

    def _abort(self, upload_id: str, report: Report) -> None:
        try:
            self.abort_upload(upload_id)
            report.add("aborted", upload_id)
        except MarqueeError:
            logger.exception("upload cannot be aborted", extra={"upload_id": upload_id})

    def _sweep(self, job: Job, report: Report) -> None:
        now = self.jobs.get(job.id)
        if now is None or (now.status, now.attempt) != (job.status, job.attempt):
            return  # it runs again
        kept = job.error is not None and job.error.code in OUR_FAULTS | {GAVE_UP.code}
        discard_outputs(self.objects, job, "what can be watched" if kept else "everything")

    def _recently(self, status: JobStatus) -> Iterator[Job]:
        """Jobs of the newest page that ended so a short while ago."""
        now = self.clock()
        for job in self.jobs.page(status, PAGE, None):
            if now - (job.finished_at or now) <= SWEEP_UNTIL:
                yield job

    def _jobs(self, status: JobStatus) -> Iterator[Job]:
        before: str | None = None
        while page := self.jobs.page(status, PAGE, before):
            yield from page
            before = page[-1].id

    def _guarded(self, repair: Callable[[Job, Report], None], job: Job, report: Report) -> None:
        try:
            repair(job, report)
        except MarqueeError:
            logger.exception("job cannot be repaired", extra={"job_id": job.id})


def tell_running(running: Sequence[Job], now: datetime) -> None:
    """How many jobs run, for how long the oldest of them does, and how many of them seem stuck."""
    ages = [job.seconds_since_begun(now) for job in running]
    stuck = [
        job
        for job, age in zip(running, ages, strict=True)
        if age >= STUCK_AFTER_SECONDS or job.restarts >= STUCK_RESTARTS
    ]
    measure({JOBS_RUNNING: len(running)})
    if running:
        measure({OLDEST_JOB_AGE: round(max(ages), 3), JOBS_STUCK: len(stuck)})
    for job in stuck:
        logger.warning("job seems stuck", extra={**job.log_keys(), "restarts": job.restarts})
