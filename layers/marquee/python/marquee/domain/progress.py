"""How far a job is: from its tasks' states and the live fractions of their parts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from marquee.domain.jobs import TASK_WEIGHTS, Job, Task, TaskName
from marquee.domain.media import Model

# Live fractions by task and part: `{("video", 3): 0.5}`.
Fractions = Mapping[tuple[str, int], float]

# Shown steps. A job is read by polling; every step is one small write, so that what was shown once is
# never taken back, whichever store forgets.
STEPS = 100
ALMOST = 0.99


class Measured(Model):
    """Progress (0..1) of the job and of its tasks."""

    overall: float
    tasks: dict[TaskName, float]

    def exceeds(self, job: Job) -> bool:
        """Whether any of it is more than the job has shown."""
        return self.overall > job.progress or any(
            value > job.tasks[name].progress for name, value in self.tasks.items()
        )


def measure(job: Job, fractions: Fractions) -> Measured:
    """Progress of a running job; at most `ALMOST`, because only a completed job is done."""
    tasks = {name: _task_progress(job, name, task, fractions) for name, task in job.tasks.items()}
    whole = sum(TASK_WEIGHTS[name] * (1.0 if job.tasks[name].over else tasks[name]) for name in job.tasks)
    return Measured(overall=max(job.progress, min(_step(whole), ALMOST)), tasks=tasks)


def _task_progress(job: Job, name: TaskName, task: Task, fractions: Fractions) -> float:
    if task.status == "completed":
        return 1.0
    if task.status != "running":
        return task.progress
    weights = _weights(job, name, fractions)
    total = sum(weights)
    if not total:
        return task.progress
    done = sum(weight * min(1.0, fractions.get((name, part), 0.0)) for part, weight in enumerate(weights))
    return max(task.progress, min(_step(done / total), ALMOST))


def _weights(job: Job, name: TaskName, fractions: Fractions) -> Sequence[float]:
    if name in {"video", "audio"}:
        return job.weights.video if name == "video" else job.weights.audio
    # nobody plans the parts of the others: their first report names them
    return (1.0,) * (1 + max((part for task, part in fractions if task == name), default=-1))


def _step(value: float) -> float:
    return int(value * STEPS + 1e-9) / STEPS
