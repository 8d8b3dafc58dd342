"""Stores in memory, as strict as the real ones: the contract tests run on both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from marquee.domain.errors import IdempotencyMismatch, IdempotencyRunning, TransientError
from marquee.domain.pipeline import Execution, ExecutionStatus
from marquee.domain.progress_board import BoardTask
from marquee.domain.uploads import Part, Upload, UploadStatus

from tests.fakes_media import MemoryObjects


class MemoryUploads:
    """`UploadStore`."""

    def __init__(self) -> None:
        self.kept: dict[str, Upload] = {}

    def add(self, upload: Upload) -> None:
        self.kept.setdefault(upload.id, upload)

    def get(self, upload_id: str) -> Upload | None:
        return self.kept.get(upload_id)

    def close(self, upload_id: str, status: UploadStatus, now: datetime) -> Upload | None:
        upload = self.kept.get(upload_id)
        if upload is None or upload.status != "created":
            return None
        completed_at = now if status == "completed" else None
        self.kept[upload_id] = upload.model_copy(update={"status": status, "completed_at": completed_at})
        return self.kept[upload_id]

    def expired(self, now: datetime, limit: int) -> Sequence[Upload]:
        late = [u for u in self.kept.values() if u.status == "created" and u.expires_at < now]
        return sorted(late, key=lambda u: (u.expires_at, u.id))[:limit]

    def delete(self, upload_id: str) -> None:
        self.kept.pop(upload_id, None)


class MemoryAnswers:
    """`AnswerStore`."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, Mapping[str, Any] | None, datetime]] = {}

    def begin(self, key: str, fingerprint: str, now: datetime) -> Mapping[str, Any] | None:
        known = self.kept.get(key)
        if known is None or known[2] <= now:
            self.kept[key] = (fingerprint, None, now + timedelta(seconds=60))
            return None
        if known[0] != fingerprint:
            raise IdempotencyMismatch("This Idempotency-Key was used with another body.")
        if known[1] is None:
            raise IdempotencyRunning("The first call with this Idempotency-Key is still running.")
        return known[1]

    def finish(self, key: str, answer: Mapping[str, Any], now: datetime) -> None:
        self.kept[key] = (self.kept[key][0], answer, now + timedelta(hours=24))

    def forget(self, key: str) -> None:
        if key in self.kept and self.kept[key][1] is None:
            del self.kept[key]


@dataclass
class MemoryMultipart:
    """`MultipartStore` over `MemoryObjects`; `send` is the client's PUT of a part."""

    objects: MemoryObjects
    open: dict[str, dict[int, bytes]] = field(default_factory=dict)
    created: int = 0

    def create(self, bucket: str, key: str, content_type: str) -> str:
        self.created += 1
        multipart_id = f"transfer-{self.created}"
        self.open[multipart_id] = {}
        return multipart_id

    def send(self, multipart_id: str, part_number: int, body: bytes) -> str:
        self.open[multipart_id][part_number] = body
        return _etag(body)

    def presign_part(
        self, bucket: str, key: str, multipart_id: str, part_number: int, *, size_bytes: int, expires_seconds: int
    ) -> str:
        return f"memory://{bucket}/{key}?uploadId={multipart_id}&partNumber={part_number}&length={size_bytes}"

    def parts(self, bucket: str, key: str, multipart_id: str) -> Sequence[Part] | None:
        sent = self.open.get(multipart_id)
        if sent is None:
            return None
        return [Part(part_number=n, etag=_etag(body), size=len(body)) for n, body in sorted(sent.items())]

    def complete(self, bucket: str, key: str, multipart_id: str, parts: Sequence[Part]) -> bool:
        sent = self.open.pop(multipart_id, None)
        if sent is None:
            return False
        self.objects.put(bucket, key, b"".join(sent[n] for n in sorted(sent)), content_type="video/mp4")
        return True

    def abort(self, bucket: str, key: str, multipart_id: str) -> None:
        self.open.pop(multipart_id, None)


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


@dataclass
class MemoryExecutions:
    """`Executions`: `states` by name; `started` remembers every start that was not a repetition."""

    states: dict[str, ExecutionStatus] = field(default_factory=dict)
    started: list[Execution] = field(default_factory=list)
    calls: int = 0

    def start(self, execution: Execution) -> None:
        self.calls += 1
        if execution.name not in self.states:
            self.states[execution.name] = "RUNNING"
            self.started.append(execution)

    def stop(self, name: str, reason: str) -> None:
        if self.states.get(name) == "RUNNING":
            self.states[name] = "ABORTED"

    def status(self, name: str) -> ExecutionStatus | None:
        return self.states.get(name)


class MemoryProgress:
    """`LiveProgress`; `away` makes it a board that nobody can reach."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[tuple[str, int], float]] = {}
        self.away = False

    def report(self, job_id: str, task: BoardTask, part: int, fraction: float) -> None:
        if not self.away:
            board = self.kept.setdefault(job_id, {})
            board[task, part] = max(board.get((task, part), 0.0), fraction)

    def fractions(self, job_id: str) -> Mapping[tuple[str, int], float]:
        return {} if self.away else dict(self.kept.get(job_id, {}))

    def clear(self, job_id: str, task: BoardTask | None = None) -> None:
        board = self.kept.get(job_id, {})
        self.kept[job_id] = {part: value for part, value in board.items() if task not in {None, part[0]}}

    def ping(self) -> None:
        if self.away:
            raise TransientError("The cache cannot be reached.")
