"""Everything is made that will be: the job is completed, and says what is missing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from marquee.domain.clock import Clock, utc_now
from marquee.domain.enrichment import HoldState, ModerationPolicy
from marquee.domain.errors import PermanentError
from marquee.domain.events import Events
from marquee.domain.jobs import Problem
from marquee.domain.measures import JOB_TIME, JOBS_COMPLETED, measure
from marquee.domain.pipeline import Execution
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore, JobStore
from marquee.services.apply_analysis import apply_analysis, nobody, read_analysis
from marquee.services.close_tasks import close_tasks
from marquee.services.mark_jobs import JobMarker
from marquee.services.release_asset import ReleaseAsset

logger = logging.getLogger("marquee.finish")


@dataclass(frozen=True)
class FinishJob:
    """The state machine's last step. May run again: after the first time it finds the job completed.

    `policy`: whether a version waits for its verdict before anybody watches it. `text_changed` is told the media
    bucket and the asset: what can be searched of it is whole now.
    """

    jobs: JobStore
    assets: AssetStore
    objects: ObjectStore
    events: Events
    policy: ModerationPolicy = "allow"
    clock: Clock = utc_now
    text_changed: Callable[[str, str], None] = nobody

    def __call__(self, execution: Execution) -> None:
        job = self.jobs.get(execution.job_id)
        if job is not None and job.status == "completed" and job.attempt == execution.attempt:
            return
        release = ReleaseAsset(self.jobs, self.assets, self.objects, self.events, self.clock)
        if self.policy == "allow":
            # Released by its own step as a rule; what is found of it comes after, and changes nothing of that.
            job = release(execution)
            self._enrich(execution)
            watched = True
        else:
            # The verdict first: from the moment that the version is current it is shut, or open for good.
            state = self._enrich(execution)
            job = release.publish(execution)
            watched = state == "released"
            if watched:
                job = release.release(job)
        self.text_changed(execution.media_bucket, execution.asset_id)
        completed = self.jobs.complete(job.id, job.attempt, self.clock(), playable=watched)
        if completed is not None:
            measure({JOBS_COMPLETED: 1, JOB_TIME: round(completed.seconds_since_begun(self.clock()), 3)})

    def _enrich(self, execution: Execution) -> HoldState:
        marks = JobMarker(self.jobs, self.assets, self.events, self.clock)
        analysis = None
        try:
            analysis = read_analysis(self.objects, execution)
        except PermanentError as error:
            logger.warning("the analysis is left out: %s", error)
            marks.fail_task(execution.job_id, "analysis", Problem(code=error.code, message=error.message))
        state = apply_analysis(analysis, execution, self.objects, self.assets, self.policy, self.clock())
        job = self.jobs.get(execution.job_id)
        if job is not None:
            close_tasks(job, self.objects, marks)
        return state
