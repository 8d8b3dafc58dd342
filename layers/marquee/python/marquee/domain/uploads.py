"""An upload: one presigned multipart transfer of one source file."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from marquee.domain.media import Model

UploadStatus = Literal["created", "uploading", "completed", "aborted"]

MIB = 1024 * 1024
MAX_SIZE_BYTES = 5 * 1024 * 1024 * MIB  # S3's largest object
MAX_PARTS = 10_000
MIN_PART_SIZE = 16 * MIB


class Upload(Model):
    """`multipart_id` is S3's UploadId; the stored status is never `uploading`: that is seen from its parts."""

    id: str
    asset_id: str
    job_id: str
    filename: str
    size_bytes: int
    content_type: str
    part_size: int
    multipart_id: str
    status: UploadStatus = "created"
    created_at: datetime
    expires_at: datetime
    completed_at: datetime | None = None

    @property
    def part_count(self) -> int:
        return -(-self.size_bytes // self.part_size)

    def part_bytes(self, part_number: int) -> int:
        """Exact size of a part, counted from 1; only the last may be short."""
        if part_number < self.part_count:
            return self.part_size
        return self.size_bytes - (self.part_count - 1) * self.part_size


class Part(Model):
    """One part that S3 has. `etag` with its quotes."""

    part_number: int
    etag: str
    size: int


def part_size_for(size_bytes: int) -> int:
    """The smallest part size, in whole MiB and at least 16, that keeps within S3's 10,000 parts."""
    needed = -(-size_bytes // MAX_PARTS)
    return max(MIN_PART_SIZE, -(-needed // MIB) * MIB)
