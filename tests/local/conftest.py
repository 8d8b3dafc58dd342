"""A local cloud of a tiny app, shared by the functional tests of one module."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import boto3
import pytest
from botocore.config import Config

from benchmarks.ports import free_ports
from local.cloud import LocalCloud, Options
from local.differences import ACCESS_KEY, SECRET_KEY
from tests.local import tiny_app

_T = TypeVar("_T")


@dataclass
class RunningCloud:
    """A cloud that runs in a thread of its own."""

    cloud: LocalCloud
    loop: asyncio.AbstractEventLoop
    seen: Path

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Runs a coroutine in the cloud's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def client(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.cloud.aws_url,
            region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=60),
        )


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    folder = tmp_path_factory.mktemp("tiny")
    seen = folder / "seen"
    options = Options(
        port=free_ports(),
        state_dir=folder / "state",
        assembly_dir=tiny_app.build(folder, seen),
        warm=False,
    )
    yield from run_cloud(options, seen)


def run_cloud(options: Options, seen: Path) -> Iterator[RunningCloud]:
    """Runs a cloud while the caller iterates; to be used as the body of a fixture."""
    started: Future[RunningCloud] = Future()
    stop: list[asyncio.Event] = []

    async def serve() -> None:
        stop.append(asyncio.Event())
        try:
            async with LocalCloud(options) as cloud:
                started.set_result(RunningCloud(cloud, asyncio.get_running_loop(), seen))
                await stop[0].wait()
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    # children are tied to the thread that starts them: it lives as long as they do
    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    running = started.result(60)
    yield running
    running.loop.call_soon_threadsafe(stop[0].set)
    thread.join(30)
    assert not thread.is_alive()
