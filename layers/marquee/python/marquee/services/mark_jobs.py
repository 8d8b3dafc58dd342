"""The pipeline's marks on the documents: which task runs, what is done, when the film can be watched."""

from __future__ import annotations

from marquee.domain.clock import Clock, utc_now
from marquee.domain.enrichment import ENRICH_TASKS, EnrichTask
from marquee.domain.errors import Conflict
from marquee.domain.events import Events, asset_playable
from marquee.domain.jobs import WARNINGS, Job, Problem, TaskName
from marquee.domain.measures import FIRST_PLAYABLE_TIME, TASKS_FAILED, measure
from marquee.domain.message_facts import enrichment_facts
from marquee.domain.stores import AssetStore, JobStore


class JobMarker:
    """`JobMarks` over the job's and the asset's documents. A step that makes nothing watchable has no `events`."""

    def __init__(
        self,
        jobs: JobStore,
        assets: AssetStore,
        events: Events | None = None,
        clock: Clock = utc_now,
        early: bool = True,
    ) -> None:
        self._early = early
        self._jobs = jobs
        self._assets = assets
        self._events = events
        self._clock = clock
        self._known_as_playable: str | None = None

    def start_task(self, job_id: str, task: TaskName) -> None:
        job = self._jobs.start_task(job_id, task, self._clock())
        self._known_as_playable = job_id if job is not None and job.playable else None
        if job is None:
            # A late step of a stopped run: what it would publish has been discarded.
            raise Conflict(f"job {job_id} does not run any more", code="superseded")
        self._say(job, task)

    def finish_task(self, job_id: str, task: TaskName) -> None:
        job = self._jobs.finish_task(job_id, task, self._clock())
        if job is not None:
            self._say(job, task)

    def skip_task(self, job_id: str, task: TaskName, note: Problem | None = None) -> None:
        job = self._jobs.skip_task(job_id, task, self._clock(), note)
        if job is not None:
            self._say(job, task)

    def fail_task(self, job_id: str, task: EnrichTask, error: Problem) -> None:
        job = self._jobs.fail_task(job_id, task, error, self._clock(), warning=WARNINGS[task])
        if job is not None:
            measure({TASKS_FAILED: 1}, task=task)
            self._say(job, task)

    def mark_playable(self, job_id: str) -> None:
        """Job and asset, in this order each time: a call that died between the two is repaired by the next."""
        if not self._early:
            return  # nobody watches before all who have a say in it agree
        job = self._jobs.mark_playable(job_id, self._clock())
        if job is not None:
            self._assets.mark_playable(job.asset_id, job.version, self._clock())
            # Each of a film's orders comes by here: only those that saw it unplayable have something to say.
            if self._known_as_playable != job_id:
                measure({FIRST_PLAYABLE_TIME: round(job.seconds_since_begun(self._clock()), 3)})
                if self._events is not None:
                    self._events.announce(asset_playable(job))

    def _say(self, job: Job, task: TaskName) -> None:
        if self._events is not None and task in ENRICH_TASKS:
            for fact in enrichment_facts(job, task):
                self._events.announce(fact)
