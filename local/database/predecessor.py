"""What a PostgreSQL that was killed leaves behind: orphaned backends and a lock file with its pid.

PostgreSQL itself believes a lock file whose pid is alive, even when the number now belongs to somebody else,
as it soon does after a restart of a container.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


class AlreadyServed(Exception):
    """Another PostgreSQL serves the folder and does not go away; one sentence."""


def servants(data: Path, proc: Path = Path("/proc")) -> list[int]:
    """Pids of PostgreSQL processes whose working directory is `data`: every one of them stays there."""
    found = []
    for entry in proc.glob("[0-9]*"):
        try:
            if (entry / "cwd").samefile(data) and (entry / "exe").readlink().name.startswith("postgres"):
                found.append(int(entry.name))
        except OSError:  # it ended, or is not ours to look at
            continue
    return found


def await_end(pids: Iterable[int], seconds: float) -> list[int]:
    """Waits until processes have ended; returns those that have not."""
    until = time.monotonic() + seconds
    alive = []
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            poller = select.poll()
            poller.register(descriptor, select.POLLIN)
            if not poller.poll(max(0.0, until - time.monotonic()) * 1000):
                alive.append(pid)
        finally:
            os.close(descriptor)
    return alive


def clear_way(data: Path, socket: Path, seconds: float = 30.0, orphan_seconds: float = 5.0) -> None:
    """Waits for a predecessor that is stopping, kills its orphans, removes its lock files.

    One lies in `data`, one beside the `socket`. Raises AlreadyServed when a server still serves `data` after
    `seconds`; orphans have `orphan_seconds`.
    """
    lock = data / "postmaster.pid"
    master = _locked_by(lock)
    if master in servants(data) and await_end([master], seconds):
        raise AlreadyServed(f"Another PostgreSQL (process {master}) serves {data}; stop it first.")
    # its backends end by themselves when they next look; one in a long computation may not
    for pid in await_end(servants(data), orphan_seconds):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    await_end(servants(data), orphan_seconds)
    for left in (lock, socket, socket.with_name(f"{socket.name}.lock")):
        left.unlink(missing_ok=True)


def _locked_by(lock: Path) -> int:
    try:
        return int(lock.read_text(encoding="utf-8").splitlines()[0])
    except (OSError, ValueError, IndexError):
        return 0
