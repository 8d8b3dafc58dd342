"""The gateway's own bounds."""

from __future__ import annotations

import threading
from typing import Any

import pymongo
import pytest

from local.database.gateway.server import LOOPBACK, Budget, Gateway
from local.database.gateway.wire import ProtocolError


def test_large_messages_wait_for_each_other() -> None:
    budget = Budget(100, seconds=30)
    budget.claim(70)
    waiting = threading.Thread(target=budget.claim, args=(50,))
    waiting.start()
    budget.release(70)
    waiting.join(30)
    assert not waiting.is_alive()


def test_a_message_that_waited_too_long_is_refused() -> None:
    budget = Budget(100, seconds=0.01)
    budget.claim(70)
    with pytest.raises(ProtocolError):
        budget.claim(50)


def test_it_answers_while_postgresql_is_not_there_yet_and_stops_when_told(tmp_path: Any) -> None:
    gateway = Gateway(f"host={tmp_path}")
    serving = threading.Thread(target=gateway.serve)
    serving.start()
    try:
        with pymongo.MongoClient[dict[str, Any]](LOOPBACK, gateway.port) as client:
            assert client.admin.command("ping")["ok"] == 1
    finally:
        gateway.close()
    serving.join(30)
    assert not serving.is_alive()
