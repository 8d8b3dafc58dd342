"""One enriching task begins, failed, or was run again by itself: say so, and add what it made to the asset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from marquee.domain.clock import Clock, utc_now
from marquee.domain.enrichment import EnrichTask, ModerationPolicy
from marquee.domain.errors import PermanentError
from marquee.domain.events import Events
from marquee.domain.jobs import Problem
from marquee.domain.pipeline import Execution, StepError
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore, JobStore
from marquee.services.apply_analysis import apply_analysis, nobody, read_analysis
from marquee.services.close_tasks import NOT_MADE
from marquee.services.mark_jobs import JobMarker
from marquee.services.reasons import task_reason_of
from marquee.services.release_asset import ReleaseAsset


class TaskEvent(Execution):
    """Input. `done` is said only of a task that was run again; in a job's own run `finish` adds what was made."""

    task: EnrichTask
    happened: Literal["begins", "failed", "done"]
    error: StepError = StepError()


@dataclass(frozen=True)
class RecordEnrichment:
    """A step of both state machines. May run again. `text_changed` is told the media bucket and the asset."""

    jobs: JobStore
    assets: AssetStore
    objects: ObjectStore
    events: Events
    policy: ModerationPolicy = "allow"
    clock: Clock = utc_now
    text_changed: Callable[[str, str], None] = nobody

    def __call__(self, event: TaskEvent) -> None:
        marks = JobMarker(self.jobs, self.assets, self.events, self.clock)
        if event.happened == "begins":
            marks.start_task(event.job_id, event.task)
        elif event.happened == "failed":
            marks.fail_task(event.job_id, event.task, task_reason_of(event.error))
        else:
            self._add(event, marks)

    def _add(self, event: TaskEvent, marks: JobMarker) -> None:
        """Pictures and captions are added by the steps that make them."""
        if event.task == "analysis":
            try:
                self._add_analysis(event)
            except PermanentError as error:
                marks.fail_task(event.job_id, event.task, Problem(code=error.code, message=error.message))
                return
            self.text_changed(event.media_bucket, event.asset_id)
        marks.finish_task(event.job_id, event.task)

    def _add_analysis(self, event: TaskEvent) -> None:
        analysis = read_analysis(self.objects, event)
        if analysis is None:
            raise PermanentError(NOT_MADE.message, code=NOT_MADE.code)
        state = apply_analysis(analysis, event, self.objects, self.assets, self.policy, self.clock())
        job = self.jobs.get(event.job_id)
        if job is not None and state == "released":
            # It may have waited for just this verdict.
            ReleaseAsset(self.jobs, self.assets, self.objects, self.events, self.clock).release(job)
