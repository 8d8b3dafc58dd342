"""Run one task of a completed job again: only that, and never the film."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.enrichment import EnrichTask
from marquee.domain.errors import Conflict, NotFound
from marquee.domain.jobs import Job
from marquee.domain.ports import Executions, LiveProgress, ObjectStore
from marquee.domain.stores import JobStore
from marquee.domain.work import working_on
from marquee.services.cancel_job import JobAccepted
from marquee.services.close_tasks import SUMMARY_KEYS


@dataclass(frozen=True)
class RetryTask:
    """`POST /jobs/{id}/tasks/{name}/retry`. `offered`: the tasks that this environment does at all."""

    jobs: JobStore
    objects: ObjectStore
    executions: Executions
    progress: LiveProgress
    offered: frozenset[str]
    clock: Clock = utc_now

    def __call__(
        self,
        job_id: str,
        task: EnrichTask,
        *,
        prepare: Callable[[], None] = lambda: None,
        completed_too: bool = False,
    ) -> JobAccepted:
        """`prepare` is called when it is sure that the task runs, and before it does. `completed_too`: also where
        it worked the last time, because there is more to go by now."""
        job = self.jobs.get(job_id)
        if job is None or job.media_bucket is None:
            raise NotFound("There is no such job.")
        working_on(upload_id=job.upload_id, asset_id=job.asset_id, job_id=job.id)
        self._check(job, job.media_bucket, task, {"failed", "skipped"} | ({"completed"} if completed_too else set()))
        again = self.jobs.begin_task_again(job, task, self.clock())
        if again is None:
            raise Conflict("The task was changed by somebody else.", code="task_not_retryable")
        # What is left of the last time would be taken for the answer.
        self.objects.delete(job.media_bucket, SUMMARY_KEYS[task](job.id))
        if task == "captions":
            self.objects.delete_prefix(job.media_bucket, keys.speech_prefix(job.id))
        if task != "images":  # of which nobody reports
            self.progress.clear(job.id, task)
        prepare()
        self.executions.start(again.task_execution(task))
        return JobAccepted(job_id=job.id)

    def _check(self, job: Job, media_bucket: str, task: EnrichTask, from_states: Set[str]) -> None:
        if task not in self.offered:
            raise Conflict(f"There is nothing here that makes {task}.", code="task_not_offered")
        if job.status != "completed":
            raise Conflict(
                f"The job is {job.status}; one task runs again when it is completed.", code="job_not_completed"
            )
        status = job.tasks[task].status
        if status == "running" and self.executions.status(job.task_execution(task).name) != "RUNNING":
            status = "failed"  # nobody is left who would say so
        if status not in from_states:
            raise Conflict(f"The task is {status}.", code="task_not_retryable")
        if self.objects.head(media_bucket, keys.plan_key(job.id)) is None:
            raise Conflict("What the job worked with has expired; upload the film again.", code="work_expired")
