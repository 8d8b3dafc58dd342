"""Jobs in the database (`domain.stores.JobStore`): every change is one conditional update."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, ReturnDocument

from marquee.adapters.database import Database
from marquee.adapters.documents import add_once, from_document, models_of, plain, to_document
from marquee.domain.enrichment import ENRICH_TASKS, EnrichTask
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

COLLECTION = "jobs"
MOST = 1000
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)

# Filters and changes are MongoDB's own shapes.
Query = dict[str, Any]


class DatabaseJobs:
    """Jobs, one document each, with their tasks inside."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job: Job) -> None:
        add_once(self._database, COLLECTION, to_document(job))

    def get(self, job_id: str) -> Job | None:
        return from_document(Job, self._database.run(COLLECTION, lambda jobs: jobs.find_one({"_id": job_id})))

    def page(self, status: JobStatus | None, limit: int, before: str | None) -> Sequence[Job]:
        wanted: Query = {} if status is None else {"status": status}
        if before is not None:
            wanted["_id"] = {"$lt": before}
        return self._newest(wanted, limit)

    def of_asset(self, asset_id: str) -> Sequence[Job]:
        return self._newest({"asset_id": asset_id}, 0)

    def finished_since(self, moment: datetime, limit: int) -> Sequence[Job]:
        return self._since("finished_at", moment, limit, {})

    def retried_since(self, moment: datetime, limit: int) -> Sequence[Job]:
        # of the unfinished ones alone: those that have ended would fill the page before them
        return self._since(
            "retried_at", moment, limit, {"$or": [{f"tasks.{t}.status": "running"} for t in ENRICH_TASKS]}
        )

    def delete(self, job_id: str) -> None:
        self._database.run(COLLECTION, lambda jobs: jobs.delete_one({"_id": job_id}))

    def begin(self, job_id: str, source: Source, media_bucket: str, now: datetime) -> Job | None:
        changes = {
            "status": "running",
            "attempt": 1,
            "source": source.model_dump(),
            "media_bucket": media_bucket,
            "begun_at": now,
            "updated_at": now,
        }
        return self._update({"_id": job_id, "status": "pending"}, {"$set": changes})

    def wait(self, job_id: str, now: datetime) -> Job | None:
        wanted = {"_id": job_id, "status": "pending", "waiting_since": None}
        return self._update(wanted, {"$set": {"waiting_since": now, "updated_at": now}})

    def waiting(self) -> Sequence[Job]:
        order = [("waiting_since", ASCENDING), ("_id", ASCENDING)]
        wanted: Query = {"status": "pending", "waiting_since": {"$gt": _BEFORE_ALL}}
        return self._in_order(wanted, order)

    def at_work(self) -> Sequence[Job]:
        return self._in_order({"status": "running", "released_at": None}, [("_id", ASCENDING)])

    def begin_again(self, job: Job, now: datetime, *, afresh: bool) -> Job | None:
        changes: Query = {
            "status": "running",
            "attempt": job.attempt + 1,
            "restarts": 0 if afresh else job.restarts + 1,
            "sealed": job.released_at is not None,
            "error": None,
            "finished_at": None,
            "updated_at": now,
        }
        if afresh:
            changes |= {
                "begun_at": now,
                "progress": 0.0,
                "playable": False,
                "warnings": [],
                "tasks": {name: Task().model_dump() for name in TASK_NAMES},
            }
        return self._update({"_id": job.id, "status": job.status, "attempt": job.attempt}, {"$set": changes})

    def reopen(self, job: Job, now: datetime) -> Job | None:
        changes = {"status": "pending", "error": None, "finished_at": None, "updated_at": now}
        return self._update({"_id": job.id, "status": "canceled", "attempt": 0}, {"$set": changes})

    def seal(self, job_id: str, attempt: int, now: datetime) -> Job | None:
        return self._update(_run(job_id, attempt), {"$set": {"sealed": True, "updated_at": now}})

    def release(self, job_id: str, attempt: int, now: datetime) -> Job | None:
        states = {"status": {"$in": ["completed", "running"]}}
        wanted = {"_id": job_id, "attempt": attempt, **states, "sealed": True, "released_at": None}
        changes = {"released_at": now, "playable": True, "updated_at": now}
        return self._update(wanted, {"$set": changes}) or self._released_before(job_id, attempt)

    def begin_task_again(self, job: Job, task: EnrichTask, now: datetime) -> Job | None:
        changes = _task_started(task, now) | {
            f"tasks.{task}.retries": job.tasks[task].retries + 1,
            f"tasks.{task}.progress": 0.0,
            f"tasks.{task}.note": None,
            "retried_at": now,
            "updated_at": now,
        }
        # jobs of before there was such a task, or a count of its runs, hold neither
        known = {
            "status": [job.tasks[task].status] + ([None] if job.tasks[task].status == "skipped" else []),
            "retries": [job.tasks[task].retries] + ([None] if job.tasks[task].retries == 0 else []),
        }
        same = {f"tasks.{task}.{name}": {"$in": values} for name, values in known.items()}
        return self._update({"_id": job.id, "status": "completed", **same}, {"$set": changes})

    def complete(self, job_id: str, attempt: int, now: datetime, *, playable: bool = True) -> Job | None:
        job = self.get(job_id)
        if job is None:
            return None
        changes: Query = {
            "status": "completed",
            "progress": 1.0,
            "playable": playable,
            "error": None,
            "finished_at": now,
            "updated_at": now,
        }
        for name, task in job.tasks.items():
            if not task.over:
                changes |= _task_over(name, "completed", now) | {f"tasks.{name}.progress": 1.0}
        return self._update(_run(job_id, attempt), {"$set": changes})

    def fail(self, job_id: str, attempt: int, error: Problem, now: datetime) -> Job | None:
        job = self.get(job_id)
        if job is None:
            return None
        changes: Query = {
            "status": "failed",
            "playable": False,
            "error": error.model_dump(),
            "finished_at": now,
            "updated_at": now,
        }
        for name, task in job.tasks.items():
            if task.status == "running":
                changes |= _task_over(name, "failed", now) | {f"tasks.{name}.error": error.model_dump()}
        return self._update(_run(job_id, attempt), {"$set": changes})

    def cancel(self, job_id: str, now: datetime) -> Job | None:
        changes = {"status": "canceled", "playable": False, "finished_at": now, "updated_at": now}
        wanted = {"_id": job_id, "status": {"$in": ["pending", "running"]}, "sealed": False}
        return self._update(wanted, {"$set": changes})

    def start_task(self, job_id: str, task: TaskName, now: datetime) -> Job | None:
        changes = _task_started(task, now) | {"updated_at": now}
        wanted = {**_markable(job_id, task), f"tasks.{task}.status": {"$in": ["pending", "failed"]}}
        return self._update(wanted, {"$set": changes}) or self._get_markable(job_id, task)

    def finish_task(self, job_id: str, task: TaskName, now: datetime) -> Job | None:
        changes = {
            **_task_over(task, "completed", now),
            f"tasks.{task}.progress": 1.0,
            f"tasks.{task}.error": None,
            "updated_at": now,
        }
        wanted = {**_markable(job_id, task), f"tasks.{task}.status": {"$nin": ["completed", "skipped"]}}
        # what was said when it failed
        pulled = {"$pull": {"warnings": {"code": failure_code(task)}}}
        return self._update(wanted, {"$set": changes, **pulled}) or self._get_markable(job_id, task)

    def skip_task(self, job_id: str, task: TaskName, now: datetime, note: Problem | None = None) -> Job | None:
        said = None if note is None else note.model_dump()
        changes = {**_task_over(task, "skipped", now), f"tasks.{task}.note": said, "updated_at": now}
        wanted = {**_markable(job_id, task), f"tasks.{task}.status": {"$ne": "skipped"}}
        pulled = {"$pull": {"warnings": {"code": failure_code(task)}}}
        return self._update(wanted, {"$set": changes, **pulled}) or self._get_markable(job_id, task)

    def fail_task(
        self, job_id: str, task: TaskName, error: Problem, now: datetime, *, warning: Problem | None = None
    ) -> Job | None:
        changes = {
            **_task_over(task, "failed", now),
            f"tasks.{task}.error": error.model_dump(),
            "updated_at": now,
        }
        said = {"$addToSet": {"warnings": (warning or error).model_dump()}}
        return self._update(_markable(job_id, task), {"$set": changes, **said})

    def add_warning(self, job_id: str, warning: Problem, now: datetime) -> Job | None:
        return self._update(
            _running(job_id),
            {"$addToSet": {"warnings": warning.model_dump()}, "$set": {"updated_at": now}},
        )

    def mark_playable(self, job_id: str, now: datetime) -> Job | None:
        return self._update(_running(job_id), {"$set": {"playable": True, "updated_at": now}})

    def set_weights(self, job_id: str, weights: PartWeights, now: datetime) -> Job | None:
        return self._update(_running(job_id), {"$set": {"weights": plain(weights.model_dump()), "updated_at": now}})

    def raise_progress(self, job: Job, measured: Measured) -> Job | None:
        raised = {"progress": measured.overall} | {
            f"tasks.{name}.progress": value for name, value in measured.tasks.items()
        }
        return self._update(_run(job.id, job.attempt), {"$max": raised})

    def _get_running(self, job_id: str) -> Job | None:
        job = self.get(job_id)
        return job if job is not None and job.status == "running" else None

    def _released_before(self, job_id: str, attempt: int) -> Job | None:
        job = self.get(job_id)
        return job if job is not None and job.attempt == attempt and job.released_at is not None else None

    def _get_markable(self, job_id: str, task: TaskName) -> Job | None:
        job = self.get(job_id)
        return job if job is not None and job.status in markable_states(task) else None

    def _since(self, field: str, moment: datetime, limit: int, more: Query) -> Sequence[Job]:
        order, wanted = [(field, ASCENDING), ("_id", ASCENDING)], {field: {"$gte": moment}, **more}
        found = self._database.run(COLLECTION, lambda jobs: list(jobs.find(wanted).sort(order).limit(limit)))
        return models_of(Job, found)

    def _newest(self, wanted: Query, limit: int) -> Sequence[Job]:
        found = self._database.run(
            COLLECTION, lambda jobs: list(jobs.find(wanted).sort("_id", DESCENDING).limit(limit))
        )
        return models_of(Job, found)

    def _in_order(self, wanted: Query, order: list[tuple[str, int]]) -> Sequence[Job]:
        found = self._database.run(COLLECTION, lambda jobs: list(jobs.find(wanted).sort(order).limit(MOST)))
        return models_of(Job, found)

    def _update(self, wanted: Query, changes: Query) -> Job | None:
        found = self._database.run(
            COLLECTION,
            lambda jobs: jobs.find_one_and_update(wanted, changes, return_document=ReturnDocument.AFTER),
        )
        return from_document(Job, found)


def _running(job_id: str) -> Query:
    return {"_id": job_id, "status": "running"}


def _markable(job_id: str, task: TaskName) -> Query:
    return {"_id": job_id, "status": {"$in": sorted(markable_states(task))}}


def _task_started(task: TaskName, now: datetime) -> Query:
    return {
        f"tasks.{task}.status": "running",
        f"tasks.{task}.started_at": now,
        f"tasks.{task}.finished_at": None,
        f"tasks.{task}.error": None,
    }


def _run(job_id: str, attempt: int) -> Query:
    return {**_running(job_id), "attempt": attempt}


def _task_over(task: TaskName, status: str, now: datetime) -> Query:
    return {f"tasks.{task}.status": status, f"tasks.{task}.finished_at": now}
