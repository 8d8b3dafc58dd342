"""The revocation list, in memory and in the local cloud's key-value store."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from aiohttp import web
from marquee.adapters.revocations import PAGE, EdgeRevocations
from marquee.domain.errors import TransientError
from marquee.domain.playback import RevocationList

from local.edge.key_values import KeyValueStores
from local.listeners import listen
from tests.fakes_playback import MemoryRevocations

ARN = "arn:aws:cloudfront::123456789012:key-value-store/list"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the key-value stores' API answers."""
    stores = KeyValueStores((ARN,), tmp_path)
    ready: Future[tuple[str, asyncio.AbstractEventLoop]] = Future()

    async def handle(request: web.Request) -> web.StreamResponse:
        return stores.answer(request, await request.read())

    async def serve() -> None:
        runner = await listen(handle, 0, purpose="test", client_max_size=2**20)
        host, port = runner.addresses[0][:2]
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        ready.set_result((f"http://{host}:{port}", loop))
        stop.append(ended)
        await ended.wait()
        await runner.cleanup()

    stop: list[asyncio.Event] = []
    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    url, loop = ready.result(10)
    yield url
    loop.call_soon_threadsafe(lambda: stop[0].set())
    thread.join(10)


@pytest.fixture(params=["memory", "edge"])
def revoked(request: pytest.FixtureRequest) -> RevocationList:
    if request.param == "memory":
        return MemoryRevocations()
    return edge_list(request.getfixturevalue("edge"))


@pytest.fixture
def edge(address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    return ARN


def edge_list(arn: str) -> EdgeRevocations:
    return EdgeRevocations(arn, sleep=lambda seconds: None)


pytestmark = pytest.mark.contract


def test_what_is_added_is_on_the_list(revoked: RevocationList) -> None:
    revoked.add("viewer:1", 100)
    revoked.add("session:1:2:ast_1", 200)
    assert revoked.ends(("viewer:1", "session:1:2:ast_1", "asset:x")) == {"viewer:1": 100, "session:1:2:ast_1": 200}


def test_the_later_moment_stays(revoked: RevocationList) -> None:
    for until in (100, 300, 200):
        revoked.add("asset:ast_1", until)
    assert revoked.ends(("asset:ast_1",)) == {"asset:ast_1": 300}


def test_what_has_ended_leaves_and_the_rest_stays(revoked: RevocationList) -> None:
    for number in range(PAGE + 3):
        revoked.add(f"viewer:{number}", 100 + number)
    assert revoked.drop_ended(100 + PAGE) == PAGE
    assert revoked.ends(("viewer:0", f"viewer:{PAGE}")) == {f"viewer:{PAGE}": 100 + PAGE}
    assert revoked.drop_ended(100) == 0


def test_those_who_revoke_at_once_lose_nothing(edge: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: edge_list(edge).add(f"viewer:{number}", 100), range(4)))
    assert len(edge_list(edge).ends(tuple(f"viewer:{number}" for number in range(4)))) == 4


def test_a_list_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch, edge: str, free_port: int) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port}")
    with pytest.raises(TransientError):
        edge_list(edge).add("viewer:1", 100)
