"""A job: one run of the pipeline for one version of an asset, made of tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import field_validator

from marquee.domain.enrichment import ENRICH_TASKS, EnrichChoices, EnrichTask
from marquee.domain.media import Model
from marquee.domain.pipeline import EnrichExecution, Execution, Source, execution_name
from marquee.domain.work import Cause

JobStatus = Literal["pending", "running", "completed", "failed", "canceled"]
TaskStatus = Literal["pending", "running", "completed", "failed", "skipped"]
TaskName = Literal["probe", "plan", "video", "audio", "images", "captions", "package", "analysis"]

# Share of the whole that each task is worth: the video is most of the work.
TASK_WEIGHTS: dict[TaskName, float] = {
    "probe": 0.02,
    "plan": 0.02,
    "video": 0.66,
    "audio": 0.06,
    "images": 0.04,
    "captions": 0.10,
    "package": 0.04,
    "analysis": 0.06,
}
TASK_NAMES: tuple[TaskName, ...] = tuple(TASK_WEIGHTS)

OVER: frozenset[JobStatus] = frozenset({"completed", "failed", "canceled"})


def markable_states(task: TaskName) -> frozenset[JobStatus]:
    """The states of a job in which something may be written on this task of it."""
    return frozenset({"running", "completed"} if task in ENRICH_TASKS else {"running"})


def failure_code(task: TaskName) -> str:
    """Code of the job's warning that says that this task failed."""
    return f"{task}_failed"


class Problem(Model):
    """Why something failed: a code for programs, a sentence for people."""

    code: str
    message: str


class Task(Model):
    """One named part of a job. `progress` (0..1) is the highest that was ever shown.
    `note`: what there is to say of it that is no failure, e.g. that nothing is said in the film.
    `retries`: how often it was run by itself, after the job was completed."""

    status: TaskStatus = "pending"
    progress: float = 0.0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: Problem | None = None
    note: Problem | None = None
    retries: int = 0

    @property
    def over(self) -> bool:
        return self.status in {"completed", "failed", "skipped"}


# What a job says when a task of it failed that never fails the job; why, the task says itself.
WARNINGS: dict[EnrichTask, Problem] = {
    "images": Problem(code="images_failed", message="The film has no poster and no preview pictures."),
    "captions": Problem(code="captions_failed", message="The film has no captions: they could not be made."),
    "analysis": Problem(code="analysis_failed", message="The film could not be analyzed: it has no chapters."),
}


class PartWeights(Model):
    """What each part of a task (shard, audio track) is worth within it; any unit, by index."""

    video: tuple[float, ...] = ()
    audio: tuple[float, ...] = ()


class Job(Model):
    """`attempt` counts executions, from 1; 0 while none was started. `progress` never shrinks within a run.

    `restarts`: how many of the attempts nobody asked for, since the last time somebody did.
    `sealed`: the version is being made current, so it is too late to cancel; `released_at`: since then it is.
    What is left to do from then on only makes the film richer.
    `begun_at`: since then there is something to do: its source has arrived, or somebody wants it done again.
    `owner`: whose it is (`domain.turns`); `waiting_since`: its source is there, and it waits for its turn.
    `retried_at`: when a task last began again by itself.
    """

    id: str
    asset_id: str
    upload_id: str
    version: int
    filename: str
    status: JobStatus = "pending"
    attempt: int = 0
    restarts: int = 0
    source: Source | None = None
    media_bucket: str | None = None
    progress: float = 0.0
    weights: PartWeights = PartWeights()
    tasks: dict[TaskName, Task]
    playable: bool = False
    sealed: bool = False
    released_at: datetime | None = None
    retried_at: datetime | None = None
    choices: EnrichChoices = EnrichChoices()
    error: Problem | None = None
    warnings: tuple[Problem, ...] = ()
    caused_by: Cause = Cause()
    owner: str = ""
    waiting_since: datetime | None = None
    created_at: datetime
    begun_at: datetime | None = None
    updated_at: datetime
    finished_at: datetime | None = None

    @field_validator("tasks", mode="before")
    @classmethod
    def _every_task(cls, tasks: dict[str, object]) -> dict[str, object]:
        """Jobs of before there was a task have nothing to do for it."""
        return {**{name: {"status": "skipped"} for name in TASK_NAMES if name not in tasks}, **tasks}

    @property
    def execution_name(self) -> str:
        return execution_name(self.asset_id, self.version, self.attempt)

    @property
    def runs_again(self) -> tuple[EnrichTask, ...]:
        """The tasks that are being done again by themselves: the job is completed."""
        return tuple(
            task for task in ENRICH_TASKS if self.status == "completed" and self.tasks[task].status == "running"
        )

    def task_execution(self, task: EnrichTask) -> EnrichExecution:
        """The input of the execution that did this task again last, or is to."""
        return EnrichExecution(**self.execution().model_dump(), task=task, retry=self.tasks[task].retries)

    def execution(self) -> Execution:
        """The input of this attempt's execution; only for jobs whose source has arrived."""
        if self.source is None or self.media_bucket is None:
            raise ValueError(f"{self.id} has no source yet")
        return Execution(
            asset_id=self.asset_id,
            version=self.version,
            job_id=self.id,
            attempt=self.attempt,
            media_bucket=self.media_bucket,
            source=self.source,
            # jobs of before this was kept know at least their upload
            caused_by=self.caused_by if self.caused_by.upload_id else Cause(upload_id=self.upload_id),
        )

    def seconds_since_begun(self, now: datetime) -> float:
        return max(0.0, (now - (self.begun_at or self.created_at)).total_seconds())

    def log_keys(self) -> dict[str, str]:
        """By which log lines name the job and what it goes back to."""
        return {"job_id": self.id, "asset_id": self.asset_id, **self.caused_by.log_keys(), "upload_id": self.upload_id}


def new_job(
    job_id: str,
    *,
    asset_id: str,
    upload_id: str,
    version: int,
    filename: str,
    now: datetime,
    choices: EnrichChoices | None = None,
    caused_by: Cause | None = None,
    owner: str = "",
) -> Job:
    return Job(
        id=job_id,
        asset_id=asset_id,
        upload_id=upload_id,
        version=version,
        filename=filename,
        choices=choices or EnrichChoices(),
        caused_by=caused_by or Cause(upload_id=upload_id),
        owner=owner,
        tasks={name: Task() for name in TASK_NAMES},
        created_at=now,
        updated_at=now,
    )
