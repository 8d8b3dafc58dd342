"""The service at this moment, for those who operate it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from pydantic import Field

from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import TransientError
from marquee.domain.jobs import TASK_NAMES, Job, Problem, Task, TaskName, TaskStatus
from marquee.domain.media import Model
from marquee.domain.metrics import Counters
from marquee.domain.operations import Breakers, FunctionRuns, QueueDepth, Queues, functions_in
from marquee.domain.ports import LiveProgress
from marquee.domain.progress import Fractions
from marquee.services.show_job import ShowJob

# More jobs than that are no list that anybody reads.
MOST_JOBS = 50
RECENT_FAILURES = 5

PartState = Literal["waiting", "running", "done"]
Found = TypeVar("Found")


class PartAnswer(Model):
    """A shard of the video, an audio track, a part of what is listened to or looked at.
    `share` (0..1): of its task's work, 0 where nobody planned that."""

    index: int
    state: PartState
    progress: float
    share: float


class RunningTask(Model):
    name: TaskName
    status: TaskStatus
    progress: float
    started_at: datetime | None
    parts: tuple[PartAnswer, ...]


class RunningJob(Model):
    """A job whose execution runs; `tasks` are those that have begun."""

    id: str
    asset_id: str
    filename: str
    attempt: int
    progress: float
    playable: bool
    created_at: datetime
    updated_at: datetime
    tasks: tuple[RunningTask, ...]


class FailedJob(Model):
    id: str
    filename: str
    error: Problem | None
    finished_at: datetime | None


class BreakerAnswer(Model):
    """`open`: whoever is behind it is not asked for a while; `half_open`: tried with one call at a time."""

    name: str
    phase: Literal["closed", "open", "half_open"]


class OperationsAnswer(Model):
    """`pending`: jobs that wait for their source or turn. What could not be asked is null, and named in `away`."""

    at: datetime
    jobs: tuple[RunningJob, ...]
    pending: int
    failed: tuple[FailedJob, ...]
    queues: tuple[QueueDepth, ...] | None
    functions: tuple[FunctionRuns, ...] | None
    breakers: tuple[BreakerAnswer, ...] | None
    away: tuple[str, ...] = Field(examples=[[]], description="Dependencies that did not answer.")


@dataclass(frozen=True)
class ShowOperations:
    """`GET /operations`. Raises `TransientError` without the database alone."""

    show_job: ShowJob
    progress: LiveProgress
    queues: Queues
    counters: Counters
    breakers: Breakers
    clock: Clock = utc_now

    def __call__(self) -> OperationsAnswer:
        jobs = self.show_job.jobs
        away: list[str] = []
        counted = _asked("cache", self.counters.read, away)
        phases = _asked("cache", self.breakers.phases, away)
        return OperationsAnswer(
            at=self.clock(),
            jobs=tuple(self._running(job) for job in jobs.page("running", MOST_JOBS, None)),
            pending=len(jobs.page("pending", MOST_JOBS, None)),
            failed=tuple(
                FailedJob(id=job.id, filename=job.filename, error=job.error, finished_at=job.finished_at)
                for job in jobs.page("failed", RECENT_FAILURES, None)
            ),
            queues=_asked("queues", lambda: tuple(self.queues.depths()), away),
            functions=None if counted is None else functions_in(counted),
            breakers=None if phases is None else tuple(_breakers(phases)),
            away=tuple(dict.fromkeys(away)),
        )

    def _running(self, job: Job) -> RunningJob:
        job = self.show_job.with_live_progress(job)
        fractions = self.progress.fractions(job.id)
        return RunningJob(
            id=job.id,
            asset_id=job.asset_id,
            filename=job.filename,
            attempt=job.attempt,
            progress=job.progress,
            playable=job.playable,
            created_at=job.created_at,
            updated_at=job.updated_at,
            tasks=tuple(
                RunningTask(
                    name=name,
                    status=job.tasks[name].status,
                    progress=job.tasks[name].progress,
                    started_at=job.tasks[name].started_at,
                    parts=tuple(_parts(job, name, job.tasks[name], fractions)),
                )
                for name in TASK_NAMES
                if job.tasks[name].status != "pending"
            ),
        )


def _parts(job: Job, name: TaskName, task: Task, fractions: Fractions) -> Iterator[PartAnswer]:
    """Planned parts, or those that have reported; every part of a finished task is done."""
    planned = {"video": job.weights.video, "audio": job.weights.audio}.get(name, ())
    count = max(len(planned), 1 + max((part for task_name, part in fractions if task_name == name), default=-1))
    total = sum(planned)
    for index in range(count):
        fraction = fractions.get((name, index))
        done = task.status == "completed" or (fraction is not None and fraction >= 1.0)
        weight = planned[index] if index < len(planned) else 0.0
        yield PartAnswer(
            index=index,
            state="done" if done else "waiting" if fraction is None else "running",
            progress=1.0 if done else fraction or 0.0,
            share=round(weight / total, 4) if total else 0.0,
        )


def _breakers(phases: Mapping[str, Literal["closed", "open", "half_open"]]) -> Iterator[BreakerAnswer]:
    return (BreakerAnswer(name=name, phase=phase) for name, phase in sorted(phases.items()))


def _asked(dependency: str, ask: Callable[[], Found], away: list[str]) -> Found | None:
    try:
        return ask()
    except TransientError:
        away.append(dependency)
        return None
