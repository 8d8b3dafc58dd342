"""Files of object data, named by us alone: a key never becomes a path.

A blob is written once, made durable, and only then named by a row of the index; the index's commit is the moment an
object exists. A file no row names is a leftover of a crash and is swept at start.
"""

import errno
import os
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Set
from pathlib import Path
from typing import BinaryIO

_RESERVED_BYTES = 16 * 1024 * 1024
"""Left for the index: on a disk it cannot grow on, nothing could be deleted either."""


def _fsync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class BlobWriter:
    """One new blob. Exactly one of `finish` and `abandon` ends it."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.size = 0
        self._path = path
        self._file: BinaryIO = path.open("xb", buffering=0)

    def write(self, data: bytes) -> None:
        """Raises OSError (ENOSPC) while there is still room for the index."""
        room = os.fstatvfs(self._file.fileno())
        if room.f_bavail * room.f_frsize < _RESERVED_BYTES + len(data):
            raise OSError(errno.ENOSPC, "No space left for object data")
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        self.size += len(data)

    def finish(self) -> None:
        """The bytes and the name are on the disk when this returns."""
        os.fsync(self._file.fileno())
        self._file.close()
        _fsync_directory(self._path.parent)

    def abandon(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


class Blobs:
    """All blob files under one folder. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._pins: Counter[str] = Counter()
        self._doomed: set[str] = set()
        for number in range(256):
            (root / f"{number:02x}").mkdir(parents=True, exist_ok=True)

    def create(self) -> BlobWriter:
        name = uuid.uuid4().hex
        return BlobWriter(name, self.path(name))

    def path(self, name: str) -> Path:
        return self._root / name[:2] / name

    def pin(self, names: Iterable[str]) -> None:
        """Keep these files while they are read, even when their object is replaced meanwhile."""
        with self._lock:
            self._pins.update(names)

    def unpin(self, names: Iterable[str]) -> None:
        with self._lock:
            for name in names:
                self._pins[name] -= 1
                if self._pins[name] <= 0:
                    del self._pins[name]
                    if name in self._doomed:
                        self._doomed.remove(name)
                        self.path(name).unlink(missing_ok=True)

    def discard(self, names: Iterable[str]) -> None:
        """Remove files no row names any more: now, or when their last reader is done."""
        with self._lock:
            for name in names:
                if self._pins[name] > 0:
                    self._doomed.add(name)
                else:
                    del self._pins[name]
                    self.path(name).unlink(missing_ok=True)

    def sweep(self, named: Set[str]) -> int:
        """Remove every file that is not in `named`; only before the first request. Returns how many."""
        leftovers = [path for path in self._root.glob("*/*") if path.name not in named]
        for path in leftovers:
            path.unlink()
        return len(leftovers)
