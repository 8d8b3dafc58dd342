"""The Valkey child, with the real server."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from valkey.asyncio import Valkey

from local.processes import Supervisor
from local.valkey import valkey_child


def test_answered_writes_survive_a_kill(tmp_path: Path, free_port: int) -> None:
    async def scenario() -> list[int]:
        async with Supervisor() as supervisor:
            await supervisor.start(valkey_child(tmp_path, free_port))
            async with Valkey(port=free_port) as client:
                written = [await client.incr("counter") for _ in range(200)][-1]
            pid = supervisor.pid("valkey")
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await supervisor.wait_down("valkey")
            await supervisor.wait_ready("valkey")
            async with Valkey(port=free_port) as client:
                return [written, int(await client.get("counter"))]

    assert asyncio.run(scenario()) == [200, 200]


def test_data_lies_in_the_state_folder(tmp_path: Path, free_port: int) -> None:
    async def scenario() -> None:
        async with Supervisor() as supervisor:
            await supervisor.start(valkey_child(tmp_path, free_port))
            async with Valkey(port=free_port) as client:
                await client.set("key", "value")

    asyncio.run(scenario())
    assert list((tmp_path / "valkey").rglob("*.aof"))
