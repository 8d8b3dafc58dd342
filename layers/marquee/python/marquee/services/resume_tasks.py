"""Tasks that were to run again by themselves, and whose execution nobody has any more or that ended without a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from marquee.domain.clock import Clock, utc_now
from marquee.domain.enrichment import EnrichTask
from marquee.domain.jobs import Job
from marquee.domain.ports import Executions, ObjectStore, TaskMarks
from marquee.services.close_tasks import NOT_MADE, SUMMARY_KEYS

# Whoever began it may be about to start its execution.
GRACE = timedelta(seconds=10)


@dataclass(frozen=True)
class ResumeTasks:
    """A part of `reconcile`. May run twice at once: an execution of a name is started once."""

    objects: ObjectStore
    executions: Executions
    marks: TaskMarks
    clock: Clock = utc_now

    def __call__(self, job: Job) -> bool:
        """Whether there was something to repair in this job."""
        repaired = [self._repair(job, task) for task in job.runs_again]
        return any(repaired)

    def _repair(self, job: Job, task: EnrichTask) -> bool:
        now, began_at = self.clock(), job.tasks[task].started_at
        if now - (began_at or now) < GRACE:
            return False
        execution = job.task_execution(task)
        status = self.executions.status(execution.name)
        if status is None:
            # Begun but never started, or the history of executions is lost with the cloud it was in.
            self.executions.start(execution)
            return True
        if status in {"RUNNING", "PENDING_REDRIVE"}:
            return False
        self._end(job, task)
        return True

    def _end(self, job: Job, task: EnrichTask) -> None:
        """An analysis that lies there is not on the asset yet: only its execution's last step puts it there."""
        bucket = job.execution().media_bucket
        if task != "analysis" and self.objects.head(bucket, SUMMARY_KEYS[task](job.id)) is not None:
            self.marks.finish_task(job.id, task)
        else:
            self.marks.fail_task(job.id, task, NOT_MADE)
