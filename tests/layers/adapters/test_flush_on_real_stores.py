"""The flush between a real Valkey and a real database, killed between any two of its calls."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from marquee.adapters.database import Database
from marquee.adapters.live_watch import ValkeyLiveWatch
from marquee.adapters.valkey_connection import connect
from marquee.adapters.watch_progress import DatabaseWatch
from marquee.domain.metrics import UNCOUNTED
from marquee.domain.watch_stores import Kept, WatchKey
from marquee.services.flush_progress import FlushProgress

from tests.layers.adapters.conftest import running_valkey
from tests.layers.domain.test_watching import report
from tests.layers.services.progress_world import Disturbed, Killed

pytestmark = pytest.mark.contract
# Far more than a flush has, over all shards.
STEPS = 300


@pytest.fixture
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyLiveWatch]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as (_, endpoint), connect(endpoint, tls=False) as client:
        yield ValkeyLiveWatch(client)


def flush_killed_at(step: int, live: ValkeyLiveWatch, store: DatabaseWatch) -> bool:
    """Whether a flush got so far. Its claims run out at once, as those of a dead one do after a while."""
    calls = itertools.count(1)

    def between() -> None:
        if next(calls) == step:
            raise Killed

    ports: Any = [Disturbed(port, between) for port in (live, store)]
    with suppress(Killed):
        FlushProgress(*ports, UNCOUNTED, sleep=lambda _: None, lease_seconds=0.0)()
        return False
    return True


def test_nothing_is_lost_or_written_twice(live: ValkeyLiveWatch, shared_database: Database) -> None:
    store = DatabaseWatch(shared_database)
    for step in range(1, STEPS):
        keys = [WatchKey(uuid.uuid4().hex, "mov_1") for _ in range(3)]
        expected = {}
        for position, key in enumerate(keys, 94):
            live.record(key, report(50, client_ms=1))
            expected[key] = live.record(key, report(position, client_ms=2)).state
        killed = flush_killed_at(step, live, store)
        FlushProgress(live, store, UNCOUNTED)()

        found = store.read(keys)
        assert found == {key: Kept(key, state.model_copy(update={"whole": True}), 1) for key, state in expected.items()}
        assert all(kept.state.times_completed == 1 for kept in found.values())
        if not killed:
            break
    assert 20 < step < STEPS - 1
