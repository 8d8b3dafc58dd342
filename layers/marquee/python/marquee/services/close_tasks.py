"""Enriching tasks that nobody closed: what lies in the bucket says whether they are done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from marquee.domain import keys
from marquee.domain.enrichment import ENRICH_TASKS, EnrichTask
from marquee.domain.jobs import Job, Problem
from marquee.domain.ports import ObjectStore, TaskMarks

NOT_MADE = Problem(code="output_missing", message="It ended without a result.")

SUMMARY_KEYS: Mapping[EnrichTask, Callable[[str], str]] = {
    "images": keys.images_summary_key,
    "captions": keys.captions_summary_key,
    "analysis": keys.analysis_work_key,
}


def close_tasks(job: Job, objects: ObjectStore, marks: TaskMarks, reason: Problem = NOT_MADE) -> None:
    """Nobody works on them any more and nobody has said so: say which are done, and which failed for what `reason`."""
    for task in ENRICH_TASKS:
        if job.tasks[task].over or job.media_bucket is None:
            continue
        if objects.head(job.media_bucket, SUMMARY_KEYS[task](job.id)) is None:
            marks.fail_task(job.id, task, reason)
        else:
            marks.finish_task(job.id, task)
