"""Where the embedded database engine lies and what it holds."""

from __future__ import annotations

import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DEFAULT_CACHE = REPOSITORY / ".cache" / "documentdb"
POSTGRESQL_MAJOR = 18
# raise it when what is installed, or how, changes: an engine of another stamp is not used
_RECIPE = 1
MANIFEST = "engine.json"


class EngineError(Exception):
    """The engine is missing or unusable; one sentence that says what to do."""


@dataclass(frozen=True)
class Engine:
    """PostgreSQL with the DocumentDB extension in a folder of its own."""

    prefix: Path
    packages: dict[str, str]  # Debian package name → version

    def program(self, name: str) -> Path:
        return self.prefix / "usr" / "lib" / "postgresql" / str(POSTGRESQL_MAJOR) / "bin" / name

    @property
    def programs(self) -> list[Path]:
        return sorted(self.program("postgres").parent.iterdir())


def stamp() -> str:
    """The folder's name in the cache: what must differ between engines that cannot stand for each other."""
    return f"postgresql-{POSTGRESQL_MAJOR}-{platform.machine()}-{_RECIPE}"


def find_engine(cache_dir: Path = DEFAULT_CACHE) -> Engine | None:
    """The installed engine, or None."""
    prefix = cache_dir.absolute() / stamp()
    try:
        manifest = json.loads((prefix / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if manifest["prefix"] != str(prefix):
        return None  # the folder was moved or copied: its programs name a loader elsewhere
    return Engine(prefix, manifest["packages"])


def write_manifest(folder: Path, prefix: Path, packages: dict[str, str]) -> None:
    """Describes an engine in `folder`, which is going to be used at `prefix`."""
    text = json.dumps({"prefix": str(prefix), "packages": packages}, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


@contextmanager
def exclusive(cache_dir: Path) -> Iterator[None]:
    """Holds the cache's lock: two installations at once wait for each other."""
    cache_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(cache_dir / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
