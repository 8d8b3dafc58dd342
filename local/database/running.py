"""A database for the length of a `with` block, for tests and tools outside an event loop."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from local.database.engine import DEFAULT_CACHE
from local.database.select import Database, choose_database
from local.processes import Supervisor

_STOP_SECONDS = 60.0


@contextmanager
def running_database(state_dir: Path, *, cache_dir: Path = DEFAULT_CACHE) -> Iterator[str]:
    """Runs the database that this machine offers; yields its `mongodb://` address, on a free port."""
    with running(choose_database(state_dir, free_port(), cache_dir=cache_dir)) as uri:
        yield uri


@contextmanager
def running(database: Database) -> Iterator[str]:
    """Runs a database's children; yields its address."""
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        stop = asyncio.Event()
        try:
            async with Supervisor() as supervisor:
                for child in database.children:
                    await supervisor.start(child)
                started.set_result((asyncio.get_running_loop(), stop))
                await stop.wait()
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    # children are tied to the thread that starts them: it lives as long as they do
    thread = threading.Thread(target=asyncio.run, args=(serve(),), name=f"supervise {database.description}")
    thread.start()
    try:
        loop, stop = started.result()
        try:
            yield database.uri
        finally:
            loop.call_soon_threadsafe(stop.set)
    finally:
        thread.join(_STOP_SECONDS)


def free_port() -> int:
    """A TCP port on 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
