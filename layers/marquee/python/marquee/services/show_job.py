"""How far a job is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from marquee.domain.assets import playback_url
from marquee.domain.errors import NotFound
from marquee.domain.jobs import TASK_NAMES, Job, JobStatus, Problem, TaskName, TaskStatus
from marquee.domain.media import Model
from marquee.domain.ports import LiveProgress
from marquee.domain.progress import Measured, measure
from marquee.domain.stores import JobStore


class TaskAnswer(Model):
    """One part of a job. `note`: what there is to say of it that is no failure, e.g. why it was skipped."""

    name: TaskName
    status: TaskStatus
    progress: float
    started_at: datetime | None
    finished_at: datetime | None
    error: Problem | None
    note: Problem | None


class JobAnswer(Model):
    """`progress` (0..1) never goes backwards within a run and is 1.0 only when the job is completed."""

    id: str
    asset_id: str
    upload_id: str
    filename: str
    status: JobStatus
    attempt: int
    progress: float
    playable: bool
    playback_url: str | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    tasks: tuple[TaskAnswer, ...]
    error: Problem | None
    warnings: tuple[Problem, ...]


@dataclass(frozen=True)
class ShowJob:
    """`GET /jobs/{id}`."""

    jobs: JobStore
    progress: LiveProgress

    def __call__(self, job_id: str) -> JobAnswer:
        job = self.jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        return answer_of(self.with_live_progress(job))

    def with_live_progress(self, job: Job) -> Job:
        """The job as it is to be shown; what is shown is remembered first, so that it is never taken back,
        even if the board loses it. Of a task that runs again after the job's end nothing is remembered."""
        if job.status != "running" and not job.runs_again:
            return job
        measured = measure(job, self.progress.fractions(job.id))
        if job.status != "running":
            return _with_tasks(job, measured)
        if not measured.exceeds(job):
            return job
        return self.jobs.raise_progress(job, measured) or self.jobs.get(job.id) or job


def _with_tasks(job: Job, measured: Measured) -> Job:
    shown = {name: job.tasks[name].model_copy(update={"progress": measured.tasks[name]}) for name in job.runs_again}
    return job.model_copy(update={"tasks": {**job.tasks, **shown}})


def answer_of(job: Job) -> JobAnswer:
    return JobAnswer(
        id=job.id,
        asset_id=job.asset_id,
        upload_id=job.upload_id,
        filename=job.filename,
        status=job.status,
        attempt=job.attempt,
        progress=job.progress,
        playable=job.playable,
        playback_url=playback_url(job.asset_id, job.version) if job.playable else None,
        created_at=job.created_at,
        updated_at=job.updated_at,
        finished_at=job.finished_at,
        tasks=tuple(
            TaskAnswer(
                name=name,
                status=task.status,
                progress=task.progress,
                started_at=task.started_at,
                finished_at=task.finished_at,
                error=task.error,
                note=task.note,
            )
            for name, task in sorted(job.tasks.items(), key=lambda item: TASK_NAMES.index(item[0]))
        ),
        error=job.error,
        warnings=job.warnings,
    )
