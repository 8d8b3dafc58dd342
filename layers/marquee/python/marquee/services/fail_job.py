"""An execution failed: find out why, unpublish, and say it on the job."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import OutputMismatch
from marquee.domain.events import Events, asset_failed
from marquee.domain.jobs import Job, Problem
from marquee.domain.measures import JOBS_FAILED, measure
from marquee.domain.message_facts import transcoded
from marquee.domain.pipeline import FailedExecution, StepError
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore, JobStore
from marquee.services.close_tasks import close_tasks
from marquee.services.discard_outputs import Extent, discard_outputs
from marquee.services.hear_plugin import SILENT
from marquee.services.mark_jobs import JobMarker
from marquee.services.reasons import problem_in, said_on_purpose

logger = logging.getLogger("marquee.fail")

INTERNAL = Problem(
    code="internal_error", message="Something went wrong on our side while this film was made; try it again."
)
_BY_NAME = {
    "States.Timeout": Problem(code="timed_out", message="A step of the job took longer than it may; try it again."),
    "TransientError": Problem(
        code="temporarily_unavailable", message="A part of the system was away for too long; try it again."
    ),
    "InterruptedWork": Problem(
        code="interrupted", message="The machines under the job were taken away too often; try it again."
    ),
}
# Codes of faults that are not the film's: the source is good, so what is encoded of it is worth keeping.
OUR_FAULTS = frozenset(problem.code for problem in (INTERNAL, SILENT, *_BY_NAME.values()))
_FAULTS = {
    _BY_NAME["States.Timeout"].code: "timeout",
    _BY_NAME["TransientError"].code: "transient",
    _BY_NAME["InterruptedWork"].code: "interrupted",
    # The last ones say it of the film, but it is what we made of it, or lost.
    **dict.fromkeys((INTERNAL.code, SILENT.code, "gave_up", OutputMismatch.code, "output_missing"), "internal"),
}


@dataclass(frozen=True)
class FailJob:
    """The state machine's last step after any error. May run again."""

    jobs: JobStore
    assets: AssetStore
    objects: ObjectStore
    events: Events
    clock: Clock = utc_now

    def __call__(self, failed: FailedExecution) -> None:
        job = self.jobs.get(failed.job_id)
        if job is None or job.attempt != failed.attempt:
            logger.info("not this run's job any more")
        elif job.status == "canceled":
            # Steps that were still running may have written after the cancellation cleaned up.
            discard_outputs(self.objects, job, "everything")
        elif job.status == "running":
            self._fail(job, failed.error)

    def _fail(self, job: Job, error: StepError) -> None:
        reason = self._given_reason(job, error)
        retry_helps = reason is None or reason.code in OUR_FAULTS
        self.give_up(job, reason or _BY_NAME.get(error.Error, INTERNAL), retry_helps=retry_helps)

    def give_up(self, job: Job, problem: Problem, *, retry_helps: bool) -> None:
        """Nothing is left to watch before the job says that it failed. `retry_helps`: keep what is encoded.

        A film that was released stays: what was still to do would only have made it richer."""
        if job.released_at is not None:
            self._complete(job)
            return
        extent: Extent = "what can be watched" if retry_helps else "everything"
        discard_outputs(self.objects, job, extent)
        self.assets.fail(job.asset_id, problem, self.clock())
        said = self.jobs.fail(job.id, job.attempt, problem, self.clock())
        if said is not None:
            self.events.announce(asset_failed(said))
            self.events.announce(transcoded(said, status="failed"))
            logger.warning("job failed", extra={"code": problem.code, **job.log_keys()})
            measure({JOBS_FAILED: 1}, fault=fault_of(problem))
            # A step that saw the job running until now may have published meanwhile; from now on none does.
            discard_outputs(self.objects, job, extent)
        if job.media_bucket is not None:
            self.objects.delete(job.media_bucket, keys.failure_key(job.id))

    def _complete(self, job: Job) -> None:
        marks = JobMarker(self.jobs, self.assets, self.events, self.clock)
        close_tasks(job, self.objects, marks)
        self.jobs.complete(job.id, job.attempt, self.clock())
        logger.warning("job completed without all that was wanted", extra={"job_id": job.id})

    def _given_reason(self, job: Job, error: StepError) -> Problem | None:
        """What a step or a worker said on purpose; None when nobody foresaw the error."""
        said = said_on_purpose(error)
        if said is not None:
            return _plain(said)
        if job.media_bucket is None:
            return None
        # A worker's words: its exit code, or the map around it, does not carry them.
        written = self.objects.get(job.media_bucket, keys.failure_key(job.id))
        worded = None if written is None else problem_in(written.body.decode(errors="replace"))
        return None if worded is None else _plain(worded)


def fault_of(problem: Problem) -> str:
    """Whose fault it is, as failures are counted (`domain.measures.JOBS_FAILED`)."""
    return _FAULTS.get(problem.code, "film")


def _plain(problem: Problem) -> Problem:
    if problem.code != OutputMismatch.code:
        return problem
    # Its own words are for those who mend the encoder.
    message = f"What was encoded is not the film as it should be, so nothing of it was published ({problem.message})."
    return Problem(code=problem.code, message=message)
