"""Delete an asset: its media, its source, its jobs' work and all documents."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, NotFound
from marquee.domain.events import Events, asset_deleted
from marquee.domain.ports import ObjectStore
from marquee.domain.spoken import SpokenStore
from marquee.domain.stores import AssetStore, JobStore, UploadStore
from marquee.services.link_movie import LinkMovie


@dataclass(frozen=True)
class DeleteAsset:
    """`DELETE /assets/{id}`. The asset's document goes last, so that a call that died can be repeated."""

    assets: AssetStore
    jobs: JobStore
    uploads: UploadStore
    objects: ObjectStore
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
        if any(job.status in {"pending", "running"} for job in jobs):
            raise Conflict("A job still works on this asset; cancel it first.", code="asset_in_use")
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
        self.spoken.forget(asset_id)  # again: somebody may have edited its text meanwhile
        self.events.announce(deleted)
