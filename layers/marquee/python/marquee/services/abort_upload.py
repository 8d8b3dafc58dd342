"""Give up an upload: its parts go, its job is canceled, its asset never was."""

from __future__ import annotations

from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, NotFound
from marquee.domain.events import Events, job_canceled
from marquee.domain.ports import MultipartStore
from marquee.domain.stores import AssetStore, JobStore, UploadStore


@dataclass(frozen=True)
class AbortUpload:
    """`DELETE /uploads/{id}`, and what reconcile does to expired ones. May be repeated."""

    uploads: UploadStore
    assets: AssetStore
    jobs: JobStore
    multipart: MultipartStore
    events: Events
    uploads_bucket: str
    clock: Clock = utc_now

    def __call__(self, upload_id: str) -> None:
        upload = self.uploads.close(upload_id, "aborted", self.clock()) or self.uploads.get(upload_id)
        if upload is None:
            raise NotFound("There is no such upload.")
        if upload.status == "completed":
            raise Conflict("The upload is completed; delete the asset instead.", code="upload_completed")
        self.multipart.abort(self.uploads_bucket, keys.source_key(upload.id), upload.multipart_id)
        canceled = self.jobs.cancel(upload.job_id, self.clock())
        if canceled is not None:
            self.events.announce(job_canceled(canceled))
        self.assets.delete(upload.asset_id)
