"""Remembers unfinished uploads, so that the same command goes on where an interrupted one stopped."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path

from cli.state import state_folder


class UnfinishedUploads:
    """One small file per upload, named by what makes a file the same: site, path, size and change time."""

    def __init__(self, folder: Path | None = None) -> None:
        self._own_folder = folder

    def recall(self, site: str, film: Path) -> str | None:
        """The upload id that this very file was being sent under, or None."""
        try:
            return str(json.loads(self._file(site, film).read_text())["upload_id"])
        except (OSError, ValueError, KeyError):
            return None

    def remember(self, site: str, film: Path, upload_id: str) -> None:
        """Raises OSError where nothing can be written."""
        target = self._file(site, film)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps({"upload_id": upload_id, "film": str(film.resolve())}))
        partial.replace(target)

    def forget(self, site: str, film: Path) -> None:
        """What cannot be forgotten names an upload that has ended, and is not gone on with."""
        with contextlib.suppress(OSError):
            self._file(site, film).unlink(missing_ok=True)

    def _file(self, site: str, film: Path) -> Path:
        facts = film.stat()
        name = f"{site}\0{film.resolve()}\0{facts.st_size}\0{facts.st_mtime_ns}"
        folder = (self._own_folder or state_folder()) / "uploads"
        return folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"
