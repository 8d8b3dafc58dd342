"""Many who miss at once, in one process and in several: one asks."""

from __future__ import annotations

import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator

import pytest
from marquee.adapters.cache import ServingCache
from marquee.adapters.cache_entries import MemoryEntries
from marquee.adapters.cache_valkey import ValkeyEntries
from marquee.adapters.valkey_attempts import Attempts
from marquee.adapters.valkey_connection import connect
from marquee.domain.cache import CacheKey, Found
from marquee.domain.errors import TransientError

from tests.layers.adapters.conftest import Connected, running_valkey

pytestmark = pytest.mark.contract

Instance = Callable[[], ValkeyEntries]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as (_, endpoint):
        yield endpoint


@pytest.fixture
def instance(endpoint: str, connected: Connected) -> Instance:
    """The store as each instance of a function has it: with a connection of its own."""
    return lambda: ValkeyEntries(connected(endpoint), Attempts())


@pytest.fixture
def key() -> CacheKey:
    return CacheKey.of("tmdb_search", uuid.uuid4().hex)


def many_at_once(count: int, read: Callable[[], Found]) -> list[Found | Exception]:
    found: list[Found | Exception] = []
    start = threading.Barrier(count)

    def run() -> None:
        start.wait(20)
        try:
            found.append(read())
        except TransientError as error:
            found.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize("kind", ["memory", "valkey"])
def test_two_hundred_threads_that_miss_ask_once(instance: Instance, key: CacheKey, kind: str) -> None:
    cache = ServingCache(MemoryEntries() if kind == "memory" else instance())
    asked = []

    def load() -> str:
        asked.append(1)
        threading.Event().wait(0.2)
        return "value"

    found = many_at_once(200, lambda: cache.read(key, load))

    assert {item.value for item in found if isinstance(item, Found)} == {"value"}
    assert (len(found), len(asked)) == (200, 1)


def test_instances_that_miss_together_ask_once(instance: Instance, key: CacheKey) -> None:
    asked = []
    caches = iter([ServingCache(instance()) for _ in range(40)])

    def load() -> str:
        asked.append(1)
        threading.Event().wait(0.3)
        return "value"

    def read() -> Found:
        return next(caches).read(key, load)

    found = many_at_once(40, read)

    assert [item.value for item in found if isinstance(item, Found)] == ["value"] * 40
    assert len(asked) == 1


def test_all_who_waited_are_told_when_the_one_who_asked_failed(instance: Instance, key: CacheKey) -> None:
    asked = []
    caches = iter([ServingCache(instance()) for _ in range(10)])

    def fail() -> str:
        asked.append(1)
        threading.Event().wait(0.3)
        raise TransientError("away")

    found = many_at_once(10, lambda: next(caches).read(key, fail))

    assert all(isinstance(item, TransientError) for item in found)
    assert len(asked) < 10


_PROCESS = """
import sys, threading
sys.path = {path!r}
from marquee.adapters.cache import serving_cache
from marquee.adapters.valkey_connection import connect
from marquee.domain.cache import CacheKey
client, found = connect({endpoint!r}, tls=False), []
cache = serving_cache(client)
def load():
    client.incr({counter!r})
    threading.Event().wait(0.5)
    return 'value'
def run():
    found.append(cache.read(CacheKey.of('tmdb_search', {id!r}), load).value)
print('ready', flush=True)
sys.stdin.readline()
threads = [threading.Thread(target=run) for _ in range(100)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(found.count('value'))
"""


def test_two_hundred_misses_in_two_processes_ask_once(endpoint: str) -> None:
    counter, name = f"asked:{uuid.uuid4().hex}", uuid.uuid4().hex
    script = _PROCESS.format(path=sys.path, endpoint=endpoint, counter=counter, id=name)
    processes = [
        subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    outputs = [process.communicate("go\n", timeout=60)[0] for process in processes]

    assert outputs == ["100\n", "100\n"]
    with connect(endpoint, tls=False) as client:
        assert client.get(counter) == "1"
