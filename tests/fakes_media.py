"""In-memory objects and marks for the tests of publishing, and made-up films to publish."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

from marquee.domain.errors import Conflict, NotFound
from marquee.domain.jobs import TaskName
from marquee.domain.ports import ObjectHead, PreconditionFailed, StoredObject

BUCKET = "media"
JOB = "job-1"
PREFIX = "media/asset-1/1/"


class MemoryObjects:
    """An `ObjectStore` whose conditional writes are as strict as S3's; remembers every version it was given."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._objects: dict[tuple[str, str], StoredObject] = {}
        self.types: dict[str, tuple[str, str | None]] = {}
        self.history: dict[str, list[bytes]] = {}
        self.reads: list[str] = []

    def get(self, bucket: str, key: str) -> StoredObject | None:
        with self._lock:
            self.reads.append(key)
            return self._objects.get((bucket, key))

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
        with self._lock:
            there = self._objects.get((bucket, key))
            if if_none_match and there is not None:
                raise PreconditionFailed(f"{key} is there already")
            if if_match is not None and (there is None or there.etag != if_match):
                raise PreconditionFailed(f"{key} is another by now")
            etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
            self._objects[bucket, key] = StoredObject(body, etag)
            self.types[key] = (content_type, cache_control)
            self.history.setdefault(key, []).append(body)
            return etag

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        found = self._objects.get((bucket, key))
        return None if found is None else ObjectHead(key, len(found.body), found.etag)

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectHead]:
        for (where, key), found in sorted(self._objects.items()):
            if where == bucket and key.startswith(prefix):
                yield ObjectHead(key, len(found.body), found.etag)

    def delete(self, bucket: str, key: str) -> None:
        self._objects.pop((bucket, key), None)

    def delete_prefix(self, bucket: str, prefix: str) -> int:
        found = [head.key for head in self.list(bucket, prefix)]
        for key in found:
            self.delete(bucket, key)
        return len(found)

    def presign_get(self, bucket: str, key: str, *, expires_seconds: int, version_id: str | None = None) -> str:
        return f"memory://{bucket}/{key}"

    def download_to(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> None:
        found = self.get(bucket, key)
        if found is None:
            raise NotFound(f"there is no {key}")
        path.write_bytes(found.body)

    def text(self, name: str) -> str:
        """A published object as text."""
        return self._objects[BUCKET, PREFIX + name].body.decode()

    def json(self, key: str) -> object:
        return json.loads(self._objects[BUCKET, key].body)

    def published(self) -> set[str]:
        """Names of published playlists and manifests."""
        return {
            key.removeprefix(PREFIX)
            for _, key in self._objects
            if key.startswith(PREFIX) and key.endswith((".m3u8", ".mpd"))
        }


class RecordedMarks:
    """`JobMarks` that remembers what was said."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.finished: list[str] = []
        self.playable: list[str] = []
        self.running = True
        self.runs_for: int | None = None  # so many more marks of a start, when that is limited

    def start_task(self, job_id: str, task: TaskName) -> None:
        if self.runs_for is not None:
            self.running, self.runs_for = self.runs_for > 0, self.runs_for - 1
        if not self.running:
            raise Conflict("the job does not run any more", code="superseded")
        self.started.append(task)

    def finish_task(self, job_id: str, task: TaskName) -> None:
        self.finished.append(task)

    def mark_playable(self, job_id: str) -> None:
        self.playable.append(job_id)
