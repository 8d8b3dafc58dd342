"""Which database the local cloud uses: `MONGODB_URI`, else `mongod` on the PATH, else the embedded engine."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from local.database.engine import DEFAULT_CACHE, REPOSITORY, EngineError, find_engine
from local.database.gateway.probe import ask
from local.database.postgres import Layout
from local.processes import ChildSpec

_CONNECT_SECONDS = 5


@dataclass(frozen=True)
class Database:
    """A database to use: its address, what it is, and the children that must run for it, in order."""

    uri: str
    description: str
    children: tuple[ChildSpec, ...] = ()


def choose_database(
    state_dir: Path,
    port: int,
    *,
    cache_dir: Path = DEFAULT_CACHE,
    environ: Mapping[str, str] = os.environ,
    which: Callable[[str], str | None] = shutil.which,
) -> Database:
    """Chooses by what this machine offers. Children listen on `port`. Raises EngineError when nothing does."""
    uri = environ.get("MONGODB_URI")
    if uri:
        return Database(uri, "the MongoDB server that MONGODB_URI names")
    mongod = which("mongod")
    if mongod:
        # acknowledged means written to its journal, so that a kill loses nothing
        return Database(f"mongodb://127.0.0.1:{port}/?journal=true", "mongod", (mongod_child(mongod, state_dir, port),))
    if find_engine(cache_dir) is None:
        raise EngineError(
            "No database: run `python -m local.database.install`, or put mongod on the PATH, or set MONGODB_URI."
        )
    return embedded_database(state_dir, port, cache_dir=cache_dir)


def embedded_database(state_dir: Path, port: int, *, cache_dir: Path = DEFAULT_CACHE) -> Database:
    """The embedded engine, whatever else this machine offers."""
    children = database_children(state_dir, port, cache_dir=cache_dir)
    return Database(f"mongodb://127.0.0.1:{port}/", "PostgreSQL with DocumentDB", children)


def mongod_child(program: str, state_dir: Path, port: int) -> ChildSpec:
    """MongoDB's own server on the state folder."""
    state = state_dir.absolute()
    data = state / "database" / "mongod"

    async def prepare() -> None:
        await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)

    return ChildSpec(
        name="mongod",
        argv=[program, "--dbpath", str(data), "--port", str(port), "--bind_ip", "127.0.0.1"],
        cwd=state,
        log_path=state / "log" / "mongod.log",
        prepare=prepare,
        ready=partial(ask, port, {"ping": 1}),
        stop_seconds=30.0,
    )


def database_children(state_dir: Path, port: int, *, cache_dir: Path = DEFAULT_CACHE) -> tuple[ChildSpec, ChildSpec]:
    """The embedded engine: PostgreSQL on a socket of its own, and the gateway on `port`.

    Either may be killed and started again without the other.
    """
    layout = Layout(state_dir)
    server = [sys.executable, "-m", "local.database.postgres", str(state_dir.absolute())]
    gateway = [sys.executable, "-m", "local.database.gateway", "--postgres", layout.conninfo]
    return (
        ChildSpec(
            name="postgres",
            argv=[*server, "--cache", str(cache_dir.absolute())],
            cwd=REPOSITORY,
            log_path=layout.log,
            ready=partial(asyncio.to_thread, _connect, layout.conninfo),
            stop_signal=signal.SIGINT,  # ends the connections, then writes a checkpoint
            stop_seconds=30.0,
        ),
        ChildSpec(
            name="database",
            argv=[*gateway, "--port", str(port)],
            cwd=REPOSITORY,
            log_path=layout.log.with_name("database.log"),
            # reaches through to PostgreSQL
            ready=partial(ask, port, {"listDatabases": 1, "nameOnly": True}),
        ),
    )


def _connect(conninfo: str) -> None:
    psycopg.connect(conninfo, connect_timeout=_CONNECT_SECONDS).close()
