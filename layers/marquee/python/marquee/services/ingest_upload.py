"""An uploaded source has arrived: claim its job and start its execution, once, however often we are told."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.events import Events
from marquee.domain.jobs import Job
from marquee.domain.measures import JOBS_STARTED, measure
from marquee.domain.message_facts import transcode_ordered, video_uploaded
from marquee.domain.pipeline import Source
from marquee.domain.ports import Executions
from marquee.domain.stores import AssetStore, JobStore, UploadStore
from marquee.domain.turns import NO_LIMITS, TurnLimits
from marquee.domain.work import working_on
from marquee.services.close_upload import close_upload
from marquee.services.take_turns import TakeTurns

logger = logging.getLogger("marquee.ingest")


@dataclass(frozen=True)
class IngestUpload:
    """Called for every event of storage and by reconcile. Events come twice and out of order."""

    uploads: UploadStore
    assets: AssetStore
    jobs: JobStore
    executions: Executions
    events: Events
    media_bucket: str
    clock: Clock = utc_now
    limits: TurnLimits = NO_LIMITS

    def __call__(self, source: Source) -> Job | None:
        """The running job, or None when there is nothing to run for this object, or not yet: then it waits for its
        turn, and reconcile calls again."""
        upload_id = keys.upload_id_of(source.key)
        upload = None if upload_id is None else self.uploads.get(upload_id)
        if upload is None:
            logger.warning("object belongs to no upload", extra={"key": source.key})
            return None
        working_on(upload_id=upload.id, asset_id=upload.asset_id, job_id=upload.job_id)
        waiting = self._not_yet(upload.job_id)
        if waiting is not None:
            self._wait(waiting)
            return None
        begun = self.jobs.begin(upload.job_id, source, self.media_bucket, self.clock())
        # When another delivery was first, it may have died before it started the execution.
        job = begun or self.jobs.get(upload.job_id)
        if job is None or job.status != "running":
            logger.info("nothing to run")
            return None
        working_on(**job.log_keys())
        close_upload(upload.id, self.uploads, self.events, self.clock())
        self.assets.list_it(job.asset_id, self.clock())
        self.executions.start(job.execution())
        if begun is not None:
            self.events.announce(video_uploaded(job, source, self.clock()))
            self.events.announce(transcode_ordered(job))
            measure({JOBS_STARTED: 1})
        logger.info("execution started", extra={"attempt": job.attempt})
        return job

    def _not_yet(self, job_id: str) -> Job | None:
        """The job, if its turn has not come."""
        job = self.jobs.get(job_id)
        if job is None or job.status != "pending" or TakeTurns(self.jobs, self.limits).may_begin(job):
            return None
        return job

    def _wait(self, job: Job) -> None:
        """What arrived is kept and shown; only its work begins later."""
        self.jobs.wait(job.id, self.clock())
        close_upload(job.upload_id, self.uploads, self.events, self.clock())
        self.assets.list_it(job.asset_id, self.clock())
        logger.info("waits for its turn")
