"""Objects on a disk and a board that forgets: the workers without the system around them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from marquee.domain.ports import ObjectHead, StoredObject
from marquee.domain.progress_board import BoardTask


class DiskObjects:
    """An `ObjectStore` of files; the address of an object is its path. Conditions are not looked at."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, bucket: str, key: str) -> Path:
        """Where an object lies."""
        return self._root / bucket / key

    def get(self, bucket: str, key: str) -> StoredObject | None:
        path = self.path(bucket, key)
        return StoredObject(path.read_bytes(), "") if path.exists() else None

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
        path = self.path(bucket, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        return hashlib.md5(body, usedforsecurity=False).hexdigest()

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        path = self.path(bucket, key)
        return ObjectHead(key, path.stat().st_size, "") if path.exists() else None

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectHead]:
        root = self._root / bucket
        for path in sorted((root / prefix).rglob("*")):
            if path.is_file():
                yield ObjectHead(path.relative_to(root).as_posix(), path.stat().st_size, "")

    def delete(self, bucket: str, key: str) -> None:
        self.path(bucket, key).unlink(missing_ok=True)

    def delete_prefix(self, bucket: str, prefix: str) -> int:
        found = list(self.list(bucket, prefix))
        for head in found:
            self.delete(bucket, head.key)
        return len(found)

    def presign_get(self, bucket: str, key: str, *, expires_seconds: int, version_id: str | None = None) -> str:
        return str(self.path(bucket, key))

    def download_to(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> None:
        shutil.copyfile(self.path(bucket, key), path)


class NoBoard:
    """A `ProgressBoard` that nobody looks at."""

    def report(self, job_id: str, task: BoardTask, part: int, fraction: float) -> None:
        return
