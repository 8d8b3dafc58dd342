"""The state folder: where everything durable lies, and the lock that lets only one local cloud use it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class StateInUseError(Exception):
    """Another local cloud runs on this folder; says which process."""


class StateFolder:
    """Use as a context manager: entering takes the lock, which the kernel gives back however we end."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None

    @property
    def objects(self) -> Path:
        return self.path / "objects"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def identity(self) -> Path:
        return self.path / "identity.db"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets.json"

    @property
    def custom_resources(self) -> Path:
        return self.path / "custom_resources.json"

    @property
    def releases(self) -> Path:
        return self.path / "releases"

    @property
    def key_values(self) -> Path:
        return self.path / "key_values"

    def __enter__(self) -> StateFolder:
        self.log.mkdir(parents=True, exist_ok=True)
        # not inherited by children: the lock is ours alone
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.read(lock, 32).decode(errors="replace").strip()
            os.close(lock)
            raise StateInUseError(
                f"another local cloud (process {owner or 'unknown'}) runs on {self.path}: "
                "stop it, or choose another folder with --state"
            ) from error
        os.ftruncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        self._lock = lock
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
