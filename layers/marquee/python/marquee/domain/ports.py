"""What the services need of the world outside; adapters implement these, tests fake them.

Every method raises `TransientError` when the dependency is away, throttled or slow, after the adapter's own
capped retries, and `NotFound` where a missing object is an error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from marquee.domain.enrichment import EnrichTask
from marquee.domain.errors import Conflict, PermanentError
from marquee.domain.jobs import Problem, TaskName
from marquee.domain.pipeline import Execution, ExecutionStatus
from marquee.domain.progress_board import BoardTask
from marquee.domain.uploads import Part


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

    def delete_prefix(self, bucket: str, prefix: str) -> int:
        """Remove everything under `prefix`, which must not be empty; returns how many objects that were."""
        ...

    def presign_get(self, bucket: str, key: str, *, expires_seconds: int, version_id: str | None = None) -> str:
        """An http(s) address that reads the object (with ranges) without credentials until it expires."""
        ...

    def download_to(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> None:
        """Read an object of any size into a file; raises `NotFound` when there is none."""
        ...


class ProgressBoard(Protocol):
    """Live progress of a job. Never goes backwards: the board keeps the larger of what it is told."""

    def report(self, job_id: str, task: BoardTask, part: int, fraction: float) -> None:
        """Order `part` of `task` is done to `fraction` (0..1). Losing a report is no error: never raises."""
        ...


class JobMarks(Protocol):
    """What the steps of the pipeline write on a job's record (`services/mark_jobs.py`).

    Each mark may be set again, in any order and by several at once: the record never goes backwards
    (a finished task is not started again within an attempt, an asset that is playable stays so).
    """

    def start_task(self, job_id: str, task: TaskName) -> None:
        """Task `task` of the job is running; raises `Conflict` when the job no longer runs (canceled, failed)."""
        ...

    def finish_task(self, job_id: str, task: TaskName) -> None:
        """Task `task` of the job is completed."""
        ...

    def mark_playable(self, job_id: str) -> None:
        """The job's asset version can be watched from its beginning; it may still grow."""
        ...


class TaskMarks(Protocol):
    """What is written of tasks that never fail a job (`services/mark_jobs.py`); each mark may be set again."""

    def finish_task(self, job_id: str, task: TaskName) -> None:
        """Task `task` of the job is completed; the job no longer says that it failed."""
        ...

    def skip_task(self, job_id: str, task: TaskName, note: Problem | None = None) -> None:
        """There is nothing to do for it; `note` says why."""
        ...

    def fail_task(self, job_id: str, task: EnrichTask, error: Problem) -> None:
        """It failed because of `error`; the job goes on, and says what is missing."""
        ...


class LiveProgress(Protocol):
    """The reading side of the board."""

    def fractions(self, job_id: str) -> Mapping[tuple[str, int], float]:
        """Highest fraction by `(task, part)`; empty when nothing is known or the board is away."""
        ...

    def clear(self, job_id: str, task: BoardTask | None = None) -> None:
        """Forget a job's parts, or those of one task, before they run afresh. Never raises."""
        ...

    def ping(self) -> None:
        """Raises `TransientError` when the board is away."""
        ...


class MultipartStore(Protocol):
    """Multipart transfers into a bucket."""

    def create(self, bucket: str, key: str, content_type: str) -> str:
        """Open a transfer; returns S3's UploadId."""
        ...

    def presign_part(
        self,
        bucket: str,
        key: str,
        multipart_id: str,
        part_number: int,
        *,
        size_bytes: int,
        expires_seconds: int,
    ) -> str:
        """Address to PUT exactly `size_bytes` bytes of one part to: the length is signed."""
        ...

    def parts(self, bucket: str, key: str, multipart_id: str) -> Sequence[Part] | None:
        """The parts that have arrived, in order; None when the transfer is over (completed or aborted)."""
        ...

    def complete(self, bucket: str, key: str, multipart_id: str, parts: Sequence[Part]) -> bool:
        """Join the parts to the object; False when the transfer was over already."""
        ...

    def abort(self, bucket: str, key: str, multipart_id: str) -> None:
        """Drop the transfer and its parts; no error when it is over."""
        ...


class Executions(Protocol):
    """Executions of the state machine, by name."""

    def start(self, execution: Execution) -> None:
        """Start it; it is success, and changes nothing, when it was started before."""
        ...

    def stop(self, name: str, reason: str) -> None:
        """Stop it; no error when it is over or was never started."""
        ...

    def status(self, name: str) -> ExecutionStatus | None:
        """None when there is no execution of that name."""
        ...


class DeadLetters(Protocol):
    """Where messages wait that nobody here can read."""

    def put(self, body: str, reason: PermanentError) -> None:
        """Keep it with the reason. Raises `TransientError`: then it comes again."""
        ...
