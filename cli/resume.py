"""Remembers unfinished uploads, so that the same command goes on where an interrupted one stopped."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import typer


def state_folder() -> Path:
    """Where the command line keeps what it must remember (override: MARQUEE_CLI_STATE)."""
    return Path(os.environ.get("MARQUEE_CLI_STATE") or typer.get_app_dir("marquee"))


class UnfinishedUploads:
    """One small file per upload, named by what makes a file the same: site, path, size and change time."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = (folder or state_folder()) / "uploads"

    def recall(self, site: str, film: Path) -> str | None:
        """The upload id that this very file was being sent under, or None."""
        try:
            return str(json.loads(self._file(site, film).read_text())["upload_id"])
        except (OSError, ValueError, KeyError):
            return None

    def remember(self, site: str, film: Path, upload_id: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._file(site, film)
        partial = target.with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps({"upload_id": upload_id, "film": str(film.resolve())}))
        partial.replace(target)

    def forget(self, site: str, film: Path) -> None:
        self._file(site, film).unlink(missing_ok=True)

    def _file(self, site: str, film: Path) -> Path:
        facts = film.stat()
        name = f"{site}\0{film.resolve()}\0{facts.st_size}\0{facts.st_mtime_ns}"
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"
