"""What the services need of the world outside; adapters implement these, tests fake them.

Every method raises `TransientError` when the dependency is away, throttled or slow, after the adapter's own
capped retries, and `NotFound` where a missing object is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from marquee.domain.errors import Conflict
from marquee.domain.media import OrderKind


class PreconditionFailed(Conflict):
    """A conditional write found another version of the object (S3's 412, and 409 for a racing write)."""

    code = "precondition_failed"


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """What is known of an object without reading it. `etag` as S3 gives it, with its quotes."""

    key: str
    size_bytes: int
    etag: str


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A small object read whole into memory."""

    body: bytes
    etag: str


class ObjectStore(Protocol):
    """Objects in buckets."""

    def get(self, bucket: str, key: str) -> StoredObject | None:
        """The whole object, or None when there is none. For small objects: it is held in memory."""
        ...

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        content_type: str,
        cache_control: str | None = None,
        if_match: str | None = None,
        if_none_match: bool = False,
    ) -> str:
        """Write and return the new ETag. `if_match`: only over that ETag; `if_none_match`: only when
        there is no such object; otherwise raises `PreconditionFailed`. Safe to call from several threads."""
        ...

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        """Size and ETag, or None when there is no such object."""
        ...

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectHead]:
        """All objects under `prefix`, in key order."""
        ...

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object; removing what is not there is no error."""
        ...

    def presign_get(
        self, bucket: str, key: str, *, expires_seconds: int, version_id: str | None = None
    ) -> str:
        """An http(s) address that reads the object (with ranges) without credentials until it expires."""
        ...

    def upload_file(
        self,
        bucket: str,
        key: str,
        path: Path,
        *,
        content_type: str,
        cache_control: str | None = None,
    ) -> None:
        """Write a file of any size without holding it in memory."""
        ...

    def download_to(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> None:
        """Read an object of any size into a file; raises `NotFound` when there is none."""
        ...


class ProgressBoard(Protocol):
    """Live progress of a job. Never goes backwards: the board keeps the larger of what it is told."""

    def report(self, job_id: str, task: OrderKind, part: int, fraction: float) -> None:
        """Order `part` of `task` is done to `fraction` (0..1). Losing a report is no error: never raises."""
        ...


class JobMarks(Protocol):
    """What the steps of the pipeline write on a job's record (the job store offers it, beside more).

    Each mark may be set again, in any order and by several at once: the record never goes backwards
    (a finished task is not started again within an attempt, an asset that is playable stays so).
    """

    def start_task(self, job_id: str, task: str) -> None:
        """Task `task` of the job is running."""
        ...

    def finish_task(self, job_id: str, task: str) -> None:
        """Task `task` of the job is completed."""
        ...

    def mark_playable(self, job_id: str) -> None:
        """The job's asset version can be watched from its beginning; it may still grow."""
        ...
