"""Two local clouds do not share a folder, a port or a moment."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

from benchmarks.ports import free_ports
from local.cloud import LocalCloud, Options
from local.listeners import PortTakenError
from local.state import StateFolder, StateInUseError
from tests.local import tiny_app


def test_a_second_cloud_on_a_folder_is_told_who_has_it(tmp_path: Path) -> None:
    with StateFolder(tmp_path), pytest.raises(StateInUseError, match=rf"process {os.getpid()}\)"):
        StateFolder(tmp_path).__enter__()
    with StateFolder(tmp_path):
        pass


def _enter(options: Options) -> None:
    async def run() -> None:
        async with LocalCloud(options):
            pass

    asyncio.run(asyncio.wait_for(run(), 60))


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    assembly = tiny_app.build(tmp_path, tmp_path / "seen")
    port = free_ports()
    options = Options(port=port, state_dir=tmp_path / "state", assembly_dir=assembly, warm=False)
    with (
        socket.create_server(("127.0.0.1", port + 1)),
        pytest.raises(PortTakenError, match=rf"port {port + 1} .*--port"),
    ):
        _enter(options)
    _enter(options)  # nothing of the first try is in the way


def test_what_was_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    assembly = tiny_app.build(tmp_path, tmp_path / "seen")
    options = Options(port=free_ports(), state_dir=tmp_path / "state", assembly_dir=assembly, warm=False)

    async def secret_of_one_run() -> str:
        async with LocalCloud(options) as cloud:
            assert cloud.store.head("tiny-app-site", "index.html") is not None
            client = cloud.control.client("secretsmanager")
            answer = await asyncio.to_thread(client.get_secret_value, SecretId="Tiny-Data-Token")
            return str(answer["SecretString"])

    first = asyncio.run(asyncio.wait_for(secret_of_one_run(), 60))
    assert asyncio.run(asyncio.wait_for(secret_of_one_run(), 60)) == first
