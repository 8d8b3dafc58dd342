"""The contract of `Metrics` and `Counters`, on the fake and on a real Valkey."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import valkey
from marquee.adapters.metrics import KEY, REST_SECONDS, ValkeyMetrics
from marquee.adapters.valkey_connection import connect
from marquee.domain.errors import TransientError

from tests.fakes_metrics import MemoryMetrics
from tests.layers.adapters.conftest import running_valkey

pytestmark = pytest.mark.contract


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as (_, endpoint):
        yield endpoint


@contextmanager
def client_of(endpoint: str) -> Iterator[valkey.Valkey]:
    with connect(endpoint, tls=False) as client:
        yield client


@pytest.fixture(params=["memory", "valkey"])
def metrics(request: pytest.FixtureRequest) -> Iterator[MemoryMetrics | ValkeyMetrics]:
    if request.param == "memory":
        yield MemoryMetrics()
        return
    with client_of(request.getfixturevalue("endpoint")) as client:
        client.delete(KEY)
        metrics = ValkeyMetrics(client)
        yield metrics
        metrics.close()


def test_counts_add_up_by_series(metrics: MemoryMetrics | ValkeyMetrics) -> None:
    for outcome in ("hit", "miss", "hit"):
        metrics.count("cache_lookups", {"outcome": outcome})
        flushed(metrics)
    metrics.count("cache_lookups", {"outcome": "hit"}, n=5)
    metrics.count("restarts")
    flushed(metrics)

    assert metrics.read() == {
        'cache_lookups_total{outcome="hit"}': 7,
        'cache_lookups_total{outcome="miss"}': 1,
        "restarts_total": 1,
    }


def test_durations_fall_into_buckets(metrics: MemoryMetrics | ValkeyMetrics) -> None:
    for seconds in (0.004, 0.005, 0.3, 60.0):
        metrics.observe("http_request", seconds, {"route": "/jobs"})
    flushed(metrics)

    read = dict(metrics.read())
    assert read.pop('http_request_seconds_sum{route="/jobs"}') == pytest.approx(60.309)
    assert read == {
        'http_request_seconds_bucket{le="0.005",route="/jobs"}': 2,
        'http_request_seconds_bucket{le="0.5",route="/jobs"}': 1,
        'http_request_seconds_bucket{le="+Inf",route="/jobs"}': 1,
    }


def test_labels_are_told_apart_whatever_is_in_them(metrics: MemoryMetrics | ValkeyMetrics) -> None:
    metrics.count("odd", {"b": 'say "a\\b"\n', "a": "1"})
    flushed(metrics)

    assert metrics.read() == {'odd_total{a="1",b="say \\"a\\\\b\\"\\n"}': 1}


def test_processes_count_together_and_not_for_ever(endpoint: str) -> None:
    with client_of(endpoint) as client:
        client.delete(KEY)
        processes = [ValkeyMetrics(client) for _ in range(3)]
        for process in processes:
            process.count("requests")
            flushed(process)
            process.close()
        assert processes[0].read() == {"requests_total": 3}
        assert int(client.ttl(KEY)) > 0


class DeafConnection:
    """Nobody listens; `attempts` counts who tried."""

    def __init__(self) -> None:
        self.attempts = 0

    def pack_commands(self, commands: list[tuple[object, ...]]) -> list[bytes]:
        return [repr(commands).encode()]

    def send_packed_command(self, command: list[bytes], check_health: bool) -> None:
        self.attempts += 1
        raise valkey.ConnectionError("Nobody listens.")


def test_without_valkey_counting_is_tried_again_only_after_a_rest() -> None:
    clock, connection = [0.0], DeafConnection()
    client = cast(valkey.Valkey, SimpleNamespace(connection_pool=SimpleNamespace(make_connection=lambda: connection)))
    metrics = ValkeyMetrics(client, monotonic=lambda: clock[0])
    for moment in (0.0, 0.1, REST_SECONDS - 0.1, REST_SECONDS):
        clock[0] = moment
        metrics.count("lost")
        metrics.flush()

    assert connection.attempts == 2


def test_the_counters_of_a_valkey_that_is_away_cannot_be_read(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as (process, endpoint), client_of(endpoint) as client:
        process.kill()
        process.wait(10)
        with pytest.raises(TransientError):
            ValkeyMetrics(client).read()


def test_a_connection_that_the_server_closed_is_made_anew(endpoint: str) -> None:
    with client_of(endpoint) as client:
        client.delete(KEY)
        metrics = ValkeyMetrics(client)
        metrics.count("requests")
        flushed(metrics)
        client.client_kill_filter(_type="normal", skipme=True)
        for _ in range(2):
            metrics.count("requests")
            flushed(metrics)
        assert metrics.read() == {"requests_total": 3}
        metrics.close()


def flushed(metrics: MemoryMetrics | ValkeyMetrics) -> None:
    """Flush, and wait for the server to have counted."""
    metrics.flush()
    if isinstance(metrics, ValkeyMetrics):
        metrics.settle()
