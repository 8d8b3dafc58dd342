"""What has arrived of an upload, so that a client can go on where it stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marquee.domain import keys
from marquee.domain.errors import NotFound
from marquee.domain.media import Model
from marquee.domain.ports import MultipartStore
from marquee.domain.stores import UploadStore
from marquee.domain.uploads import Part, Upload, UploadStatus


class UploadAnswer(Model):
    """Sizes in bytes."""

    upload_id: str
    asset_id: str
    job_id: str
    status: UploadStatus
    filename: str
    size: int
    part_size: int
    part_count: int
    received_parts: tuple[Part, ...]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class ShowUpload:
    """`GET /uploads/{id}`."""

    uploads: UploadStore
    multipart: MultipartStore
    uploads_bucket: str

    def __call__(self, upload_id: str) -> UploadAnswer:
        upload = self.uploads.get(upload_id)
        if upload is None:
            raise NotFound("There is no such upload.")
        parts = self._parts(upload)
        return UploadAnswer(
            upload_id=upload.id,
            asset_id=upload.asset_id,
            job_id=upload.job_id,
            status="uploading" if upload.status == "created" and parts else upload.status,
            filename=upload.filename,
            size=upload.size_bytes,
            part_size=upload.part_size,
            part_count=upload.part_count,
            received_parts=tuple(parts),
            created_at=upload.created_at,
            expires_at=upload.expires_at,
        )

    def _parts(self, upload: Upload) -> Sequence[Part]:
        if upload.status != "created":
            return ()
        key = keys.source_key(upload.id)
        return self.multipart.parts(self.uploads_bucket, key, upload.multipart_id) or ()
