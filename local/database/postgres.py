"""PostgreSQL as a child process: its folder, its settings, its start.

`python -m local.database.postgres STATE [--cache DIR]` makes the folder when there is none, clears what a
killed predecessor left, and becomes the server: a supervisor only has to start it again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from local.database.engine import DEFAULT_CACHE, Engine, EngineError, find_engine
from local.database.predecessor import AlreadyServed, clear_way
from local.database.unprivileged import CannotDropRoot, Way, choose_way

_PORT = 5432  # names the socket file; nothing listens on TCP
_SOCKET = f".s.PGSQL.{_PORT}"
_LONGEST_SOCKET_PATH = 107  # bytes: the kernel's sockaddr_un
_INITDB_SECONDS = 120
MAX_CONNECTIONS = 48

_SETTINGS = {
    "port": str(_PORT),
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": str(MAX_CONNECTIONS),
    # what was acknowledged is on disk
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # one small machine, one application
    "shared_buffers": "64MB",
    "jit": "off",
    "io_method": "sync",  # else three more processes
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "autovacuum_max_workers": "1",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "min_wal_size": "16MB",
    "max_wal_size": "128MB",  # bounds the log that is replayed after a crash
    "log_checkpoints": "off",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements hold documents
    "log_timezone": "GMT",
    "timezone": "GMT",
    "shared_preload_libraries": "pg_cron,pg_documentdb_core,pg_documentdb",
    # the extension insists on pg_cron; the gateway does what its jobs would, at the right moment
    "cron.launch_active_jobs": "off",
    "cron.database_name": "postgres",
    # cursors are files: they hold no connection and no transaction open
    "documentdb.useFileBasedPersistedCursors": "on",
    "documentdb.defaultCursorExpiryTimeLimitSeconds": "600",
    # the gateway builds indexes inline while it has the collection's attention
    "documentdb.force_index_builds_blocking": "on",
    "documentdb.enableBackgroundWorker": "off",
}


@dataclass(frozen=True)
class Layout:
    """Where one state folder's PostgreSQL keeps its things."""

    state: Path

    @property
    def root(self) -> Path:
        return self.state.absolute() / "database"

    @property
    def data(self) -> Path:
        return self.root / "postgres"

    @property
    def log(self) -> Path:
        return self.state.absolute() / "log" / "postgres.log"

    @property
    def socket_dir(self) -> Path:
        """In the state folder, or, where that lies too deep for a socket's path, in the temp folder."""
        inside = self.root / "socket"
        if len(os.fsencode(inside / _SOCKET)) <= _LONGEST_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()).resolve() / f"marquee-{os.geteuid()}-{digest}"

    @property
    def socket(self) -> Path:
        """What clients connect to."""
        return self.socket_dir / _SOCKET

    @property
    def conninfo(self) -> str:
        """How libpq reaches it. Whoever may enter the socket's folder is trusted."""
        return f"host={self.socket_dir} port={_PORT} user=postgres dbname=postgres"


def prepare(layout: Layout, engine: Engine, way: Way) -> None:
    """Makes the socket's folder and the data folder, and clears what a predecessor left."""
    layout.root.mkdir(parents=True, exist_ok=True)
    _make_private(layout.socket_dir)
    if (layout.data / "PG_VERSION").exists():
        clear_way(layout.data, layout.socket)
    else:
        _make_data(layout, engine, way)
    way.give(layout.data, layout.socket_dir)


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or stat.S_IMODE(found.st_mode) & 0o077:
        raise EngineError(f"{folder} is not a private folder; remove it.")


def _make_data(layout: Layout, engine: Engine, way: Way) -> None:
    fresh = layout.root / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    way.give(fresh)
    argv = [
        *way.prefix,
        str(engine.program("initdb")),
        f"--pgdata={fresh}",
        "--username=postgres",
        "--auth=trust",  # only over the socket in a private folder
        "--no-locale",
        "--encoding=UTF8",
        "--wal-segsize=4",
    ]
    done = subprocess.run(argv, env=environment(), capture_output=True, text=True, timeout=_INITDB_SECONDS, check=False)
    if done.returncode != 0:
        raise EngineError(f"initdb failed: {done.stderr.strip()}")
    fresh.rename(layout.data)


def environment() -> dict[str, str]:
    """What the server may see of our environment: nothing that libpq or the C library would act on."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "GMT"}


def server_argv(layout: Layout, engine: Engine, way: Way) -> list[str]:
    """The command that is the server, once `prepare` has run."""
    places = {
        "unix_socket_directories": str(layout.socket_dir),
        # the extension creates collections over a connection to itself
        "documentdb.localhost_connection_string": f"host={layout.socket_dir}",
    }
    settings = {**_SETTINGS, **places}
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    return [*way.prefix, str(engine.program("postgres")), "-D", str(layout.data), *options]


def become(argv: list[str]) -> NoReturn:
    """Replaces this process: the supervisor's signals must reach the server itself."""
    os.execvpe(argv[0], argv, environment())  # noqa: S606


def main(arguments: Sequence[str] | None = None) -> int:
    """Becomes the server; returns only when it cannot."""
    parser = argparse.ArgumentParser(prog="python -m local.database.postgres", description=__doc__)
    parser.add_argument("state", type=Path, help="the state folder; data lies in STATE/database")
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="where the engine is installed")
    options = parser.parse_args(arguments)
    engine = find_engine(options.cache)
    if engine is None:
        print("The database engine is not installed: run `make`, or set MONGODB_URI.", file=sys.stderr)
        return 1
    layout = Layout(options.state)
    try:
        way = choose_way()
        prepare(layout, engine, way)
    except (EngineError, AlreadyServed, CannotDropRoot) as error:
        print(error, file=sys.stderr)
        return 1
    become(server_argv(layout, engine, way))


if __name__ == "__main__":
    sys.exit(main())
