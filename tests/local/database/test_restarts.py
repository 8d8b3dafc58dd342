"""The embedded database when its processes are killed: nothing acknowledged is lost, nobody must help."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.errors import AutoReconnect, PyMongoError

from local.database import database_children
from local.database.postgres import Layout
from local.processes import Supervisor

Client = pymongo.MongoClient[dict[str, Any]]


@contextmanager
def client_of(port: int, **options: Any) -> Iterator[Client]:
    with pymongo.MongoClient[dict[str, Any]]("127.0.0.1", port, **options) as client:
        yield client


async def start(supervisor: Supervisor, state: Path, port: int) -> None:
    for child in database_children(state, port):
        await supervisor.start(child)


async def kill(supervisor: Supervisor, name: str) -> None:
    """Kills a child and waits until the supervisor has it back."""
    pid = supervisor.pid(name)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await supervisor.wait_down(name)
    await supervisor.wait_ready(name)


class Writer:
    """Inserts numbers until it is told to stop; remembers which of them were acknowledged, and what failed."""

    def __init__(self, port: int, *, retry_writes: bool) -> None:
        self._port = port
        self._retry_writes = retry_writes
        self._stop = threading.Event()
        self._some = threading.Event()
        self.acknowledged: list[int] = []
        self.failures: list[PyMongoError] = []

    def run(self) -> None:
        with client_of(self._port, retryWrites=self._retry_writes) as client:
            number = 0
            while not self._stop.is_set():
                number += 1
                try:
                    client.test.numbers.insert_one({"_id": number})
                except PyMongoError as error:
                    self.failures.append(error)
                else:
                    self.acknowledged.append(number)
                if number % 50 == 0:
                    self._some.set()

    def stop(self) -> None:
        self._stop.set()

    async def more(self) -> None:
        """Waits until some more has been written."""
        self._some.clear()
        await asyncio.to_thread(self._some.wait, 60)


@pytest.mark.parametrize("retry_writes", [False, True])
def test_every_acknowledged_write_survives_kills_of_postgresql(
    tmp_path: Path, free_port: int, retry_writes: bool
) -> None:
    writer = Writer(free_port, retry_writes=retry_writes)

    async def scenario() -> list[int]:
        async with Supervisor() as supervisor:
            await start(supervisor, tmp_path, free_port)
            writing = asyncio.create_task(asyncio.to_thread(writer.run))
            try:
                for _ in range(2):
                    await writer.more()
                    await kill(supervisor, "postgres")
                await writer.more()
            finally:
                writer.stop()
                await writing
            with client_of(free_port) as client:
                return [document["_id"] for document in client.test.numbers.find().sort("_id")]

    stored = asyncio.run(scenario())
    assert set(writer.acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))
    if retry_writes:  # the driver repeats what was in doubt, and the engine carries it out once
        assert writer.failures == []
        assert stored == writer.acknowledged
    assert all(isinstance(failure, AutoReconnect) for failure in writer.failures)


def test_reads_wait_for_postgresql_to_come_back(tmp_path: Path, free_port: int) -> None:
    async def scenario() -> int:
        async with Supervisor() as supervisor:
            await start(supervisor, tmp_path, free_port)
            with client_of(free_port) as client:
                client.test.things.insert_many([{"n": n} for n in range(10)])
                back = asyncio.create_task(kill(supervisor, "postgres"))
                await supervisor.wait_down("postgres")
                found = await asyncio.to_thread(client.test.things.count_documents, {})
                await back
                return found

    assert asyncio.run(scenario()) == 10


def test_clients_find_a_killed_gateway_again(tmp_path: Path, free_port: int) -> None:
    async def scenario() -> list[int]:
        async with Supervisor() as supervisor:
            await start(supervisor, tmp_path, free_port)
            with client_of(free_port) as client:
                client.test.things.insert_one({"n": 1})
                await kill(supervisor, "database")
                client.test.things.insert_one({"n": 2})
                return [document["n"] for document in client.test.things.find().sort("n")]

    assert asyncio.run(scenario()) == [1, 2]


def test_a_lock_file_whose_pid_is_somebody_elses_does_not_stop_the_start(tmp_path: Path, free_port: int) -> None:
    async def scenario() -> int:
        async with Supervisor() as supervisor:
            await start(supervisor, tmp_path, free_port)
            with client_of(free_port) as client:
                client.test.things.insert_one({})
        layout = Layout(tmp_path)
        for lock in (layout.data / "postmaster.pid", layout.socket.with_name(f"{layout.socket.name}.lock")):
            lock.write_text(f"{os.getpid()}\n{layout.data}\n1\n5432\n\n\n", encoding="utf-8")
        async with Supervisor() as supervisor:
            await start(supervisor, tmp_path, free_port)
            with client_of(free_port) as client:
                return client.test.things.count_documents({})

    assert asyncio.run(scenario()) == 1
