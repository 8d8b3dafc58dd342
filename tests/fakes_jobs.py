"""Jobs in memory, as strict as the real ones: the contract tests run on both."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from marquee.domain.enrichment import EnrichTask
from marquee.domain.jobs import (
    TASK_NAMES,
    Job,
    JobStatus,
    PartWeights,
    Problem,
    Task,
    TaskName,
    failure_code,
    markable_states,
)
from marquee.domain.pipeline import Source
from marquee.domain.progress import Measured


class MemoryJobs:
    """`JobStore`."""

    def __init__(self) -> None:
        self.kept: dict[str, Job] = {}
        self._lock = threading.Lock()

    def add(self, job: Job) -> None:
        self.kept.setdefault(job.id, job)

    def get(self, job_id: str) -> Job | None:
        return self.kept.get(job_id)

    def page(self, status: JobStatus | None, limit: int, before: str | None) -> Sequence[Job]:
        found = [j for j in self.kept.values() if status in {None, j.status} and (before is None or j.id < before)]
        return sorted(found, key=lambda j: j.id, reverse=True)[:limit]

    def of_asset(self, asset_id: str) -> Sequence[Job]:
        return [job for job in self.page(None, len(self.kept), None) if job.asset_id == asset_id]

    def finished_since(self, moment: datetime, limit: int) -> Sequence[Job]:
        ended = [job for job in self.kept.values() if job.finished_at is not None and job.finished_at >= moment]
        return sorted(ended, key=lambda job: (job.finished_at, job.id))[:limit]

    def retried_since(self, moment: datetime, limit: int) -> Sequence[Job]:
        again = [job for job in self.kept.values() if job.retried_at and job.retried_at >= moment and job.runs_again]
        return sorted(again, key=lambda job: (job.retried_at, job.id))[:limit]

    def delete(self, job_id: str) -> None:
        self.kept.pop(job_id, None)

    def begin(self, job_id: str, source: Source, media_bucket: str, now: datetime) -> Job | None:
        return self._change(
            job_id,
            lambda j: j.status == "pending",
            status="running",
            attempt=1,
            source=source,
            media_bucket=media_bucket,
            begun_at=now,
            updated_at=now,
        )

    def wait(self, job_id: str, now: datetime) -> Job | None:
        return self._change(
            job_id,
            lambda j: j.status == "pending" and j.waiting_since is None,
            waiting_since=now,
            updated_at=now,
        )

    def waiting(self) -> Sequence[Job]:
        found = [(j.waiting_since, j.id) for j in self.kept.values() if j.status == "pending" and j.waiting_since]
        return [self.kept[job_id] for _, job_id in sorted(found)]

    def at_work(self) -> Sequence[Job]:
        found = [j for j in self.kept.values() if j.status == "running" and j.released_at is None]
        return sorted(found, key=lambda j: j.id)

    def begin_again(self, job: Job, now: datetime, *, afresh: bool) -> Job | None:
        changes: dict[str, object] = {
            "status": "running",
            "attempt": job.attempt + 1,
            "sealed": job.released_at is not None,
        }
        changes |= {"restarts": 0 if afresh else job.restarts + 1, "error": None, "finished_at": None}
        if afresh:
            changes |= {"begun_at": now, "progress": 0.0, "playable": False, "warnings": ()}
            changes["tasks"] = {name: Task() for name in TASK_NAMES}
        return self._change(
            job.id, lambda j: (j.status, j.attempt) == (job.status, job.attempt), **changes, updated_at=now
        )

    def reopen(self, job: Job, now: datetime) -> Job | None:
        return self._change(
            job.id,
            lambda j: j.status == "canceled" and j.attempt == 0,
            status="pending",
            error=None,
            finished_at=None,
            updated_at=now,
        )

    def seal(self, job_id: str, attempt: int, now: datetime) -> Job | None:
        return self._change(job_id, _run(attempt), sealed=True, updated_at=now)

    def release(self, job_id: str, attempt: int, now: datetime) -> Job | None:
        def fits(job: Job) -> bool:
            alive = job.status in {"running", "completed"} and job.attempt == attempt
            return alive and job.sealed and job.released_at is None

        released = self._change(job_id, fits, released_at=now, playable=True, updated_at=now)
        return released or self._change(job_id, lambda j: j.attempt == attempt and j.released_at is not None)

    def begin_task_again(self, job: Job, task: EnrichTask, now: datetime) -> Job | None:
        before = job.tasks[task]
        again = Task(status="running", started_at=now, retries=before.retries + 1)

        def fits(there: Job) -> bool:
            same = (there.tasks[task].status, there.tasks[task].retries) == (before.status, before.retries)
            return there.status == "completed" and same

        return self._change(job.id, fits, tasks={**job.tasks, task: again}, retried_at=now, updated_at=now)

    def complete(self, job_id: str, attempt: int, now: datetime, *, playable: bool = True) -> Job | None:
        def close(task: Task) -> Task:
            over = {"status": "completed", "progress": 1.0, "finished_at": now}
            return task if task.over else task.model_copy(update=over)

        over = {"status": "completed", "progress": 1.0, "playable": playable, "error": None}
        return self._end(job_id, _run(attempt), close, now, over)

    def fail(self, job_id: str, attempt: int, error: Problem, now: datetime) -> Job | None:
        def close(task: Task) -> Task:
            over = {"status": "failed", "finished_at": now, "error": error}
            return task.model_copy(update=over) if task.status == "running" else task

        return self._end(job_id, _run(attempt), close, now, {"status": "failed", "playable": False, "error": error})

    def cancel(self, job_id: str, now: datetime) -> Job | None:
        return self._change(
            job_id,
            lambda j: j.status in {"pending", "running"} and not j.sealed,
            status="canceled",
            playable=False,
            finished_at=now,
            updated_at=now,
        )

    def start_task(self, job_id: str, task: TaskName, now: datetime) -> Job | None:
        changes = {"status": "running", "started_at": now, "finished_at": None, "error": None}
        return self._mark(job_id, task, lambda t: t.status in {"pending", "failed"}, changes, now)

    def finish_task(self, job_id: str, task: TaskName, now: datetime) -> Job | None:
        changes = {"status": "completed", "progress": 1.0, "finished_at": now, "error": None}
        return self._mark(job_id, task, lambda t: t.status not in {"completed", "skipped"}, changes, now, mended=True)

    def skip_task(self, job_id: str, task: TaskName, now: datetime, note: Problem | None = None) -> Job | None:
        changes = {"status": "skipped", "finished_at": now, "note": note}
        return self._mark(job_id, task, lambda t: t.status != "skipped", changes, now, mended=True)

    def fail_task(
        self, job_id: str, task: TaskName, error: Problem, now: datetime, *, warning: Problem | None = None
    ) -> Job | None:
        changes = {"status": "failed", "finished_at": now, "error": error}
        if self._mark(job_id, task, lambda _: True, changes, now) is None:
            return None
        return self._warn(job_id, warning or error, lambda _: True, now)

    def add_warning(self, job_id: str, warning: Problem, now: datetime) -> Job | None:
        return self._warn(job_id, warning, _is_running, now)

    def _warn(self, job_id: str, warning: Problem, wanted: Callable[[Job], bool], now: datetime) -> Job | None:
        job = self.kept.get(job_id)
        known = () if job is None else job.warnings
        more = known if warning in known else (*known, warning)
        return self._change(job_id, wanted, warnings=more, updated_at=now)

    def mark_playable(self, job_id: str, now: datetime) -> Job | None:
        return self._change(job_id, _is_running, playable=True, updated_at=now)

    def set_weights(self, job_id: str, weights: PartWeights, now: datetime) -> Job | None:
        return self._change(job_id, _is_running, weights=weights, updated_at=now)

    def raise_progress(self, job: Job, measured: Measured) -> Job | None:
        now = self.kept.get(job.id, job)
        tasks = {
            name: task.model_copy(update={"progress": max(task.progress, measured.tasks.get(name, 0.0))})
            for name, task in now.tasks.items()
        }
        return self._change(job.id, _run(job.attempt), progress=max(now.progress, measured.overall), tasks=tasks)

    def _mark(
        self,
        job_id: str,
        name: TaskName,
        wanted: Callable[[Task], bool],
        changes: Mapping[str, object],
        now: datetime,
        *,
        mended: bool = False,
    ) -> Job | None:
        job = self.kept.get(job_id)
        if job is None or job.status not in markable_states(name):
            return None
        if not wanted(job.tasks[name]):
            return job
        tasks = {**job.tasks, name: job.tasks[name].model_copy(update=dict(changes))}
        said = tuple(w for w in job.warnings if not (mended and w.code == failure_code(name)))
        return self._change(job_id, lambda _: True, tasks=tasks, warnings=said, updated_at=now)

    def _end(
        self,
        job_id: str,
        wanted: Callable[[Job], bool],
        close: Callable[[Task], Task],
        now: datetime,
        changes: Mapping[str, object],
    ) -> Job | None:
        job = self.kept.get(job_id)
        tasks = {} if job is None else {name: close(task) for name, task in job.tasks.items()}
        return self._change(job_id, wanted, **changes, tasks=tasks, finished_at=now, updated_at=now)

    def _change(self, job_id: str, wanted: Callable[[Job], bool], **changes: object) -> Job | None:
        with self._lock:
            job = self.kept.get(job_id)
            if job is None or not wanted(job):
                return None
            self.kept[job_id] = job.model_copy(update=changes)
            return self.kept[job_id]


def _is_running(job: Job) -> bool:
    return job.status == "running"


def _run(attempt: int) -> Callable[[Job], bool]:
    return lambda job: job.status == "running" and job.attempt == attempt
