"""Delete an asset: its media, its source, its jobs' work and all documents."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, NotFound
from marquee.domain.events import Events, asset_deleted
from marquee.domain.jobs import Job
from marquee.domain.ports import Executions, ObjectStore
from marquee.domain.spoken import SpokenStore
from marquee.domain.stores import AssetStore, JobStore, UploadStore
from marquee.services.link_movie import LinkMovie

DELETED = "The film is deleted."


@dataclass(frozen=True)
class DeleteAsset:
    """`DELETE /assets/{id}`. The asset's document goes last, so that a call that died can be repeated.

    A film that is ready may be deleted while it is still being enriched: that is stopped then. What is written
    meanwhile by who could not be stopped, they remove themselves (`discard_of_deleted`)."""

    assets: AssetStore
    jobs: JobStore
    uploads: UploadStore
    objects: ObjectStore
    executions: Executions
    enrich_executions: Executions
    events: Events
    uploads_bucket: str
    media_bucket: str
    link_movie: LinkMovie
    spoken: SpokenStore
    clock: Clock = utc_now

    def __call__(self, asset_id: str) -> None:
        asset = self.assets.get(asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        jobs = self.jobs.of_asset(asset_id)
        if any(job.status in {"pending", "running"} and job.released_at is None for job in jobs):
            raise Conflict("A job still works on this asset; cancel it first.", code="asset_in_use")
        for job in jobs:
            self._stop(job)
        self.objects.delete_prefix(self.media_bucket, keys.asset_prefix(asset_id))
        for job in jobs:
            self.objects.delete_prefix(self.media_bucket, keys.work_prefix(job.id))
            self.jobs.delete(job.id)
        self.objects.delete(self.uploads_bucket, keys.source_key(asset.upload_id))
        self.uploads.delete(asset.upload_id)
        deleted = asset_deleted(asset_id, self.clock())
        self.events.intend(deleted)
        self.link_movie.forget(asset_id)
        self.spoken.forget(asset_id)
        self.assets.delete(asset_id)
        # Again: somebody may have edited its text meanwhile, or still have been at work.
        self.spoken.forget(asset_id)
        self.objects.delete_prefix(self.media_bucket, keys.asset_prefix(asset_id))
        self.events.announce(deleted)

    def _stop(self, job: Job) -> None:
        """Whatever makes its film richer."""
        for task in job.runs_again:
            self.enrich_executions.stop(job.task_execution(task).name, DELETED)
        if job.status == "running":
            # Over first: an execution that was stopped would be started again for a job that runs.
            self.jobs.complete(job.id, job.attempt, self.clock())
            self.executions.stop(job.execution_name, DELETED)
