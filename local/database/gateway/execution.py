"""Runs a command's work on the right connection, and again where that is safe."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg

from local.database.gateway import statements
from local.database.gateway.calls import Call
from local.database.gateway.errors import ConnectionLost, Unreachable
from local.database.gateway.pool import Connection, Pool
from local.database.gateway.sessions import Transactions

T = TypeVar("T")

_CONFLICT_ATTEMPTS = 10
_LONGEST_PAUSE_SECONDS = 0.2


class Executor:
    """Commands of a transaction run on its connection, all others on one of the pool's."""

    def __init__(self, pool: Pool, transactions: Transactions) -> None:
        self.pool = pool
        self.transactions = transactions
        self._repeating = threading.Lock()

    def run(self, call: Call, work: Callable[[Connection], T], *, repeatable: bool = False) -> T:
        """Runs `work`, once more when PostgreSQL died under it and it is `repeatable`: a read, or safe twice.

        Any other write that was under way may have happened: its client decides (ConnectionLost).
        """
        if call.in_transaction:
            return self.transactions.run(call, work)
        try:
            return self._on_pool(call, work)
        except Unreachable:
            raise
        except ConnectionLost:
            if not repeatable:
                raise
            return self._on_pool(call, work)

    def _on_pool(self, call: Call, work: Callable[[Connection], T]) -> T:
        limit = int(call.command.get("maxTimeMS", 0)) if call.name != "getmore" else 0
        for attempt in range(_CONFLICT_ATTEMPTS):
            try:
                # one by one: those who were in each other's way would be so again, a second at a time
                with self._repeating if attempt else contextlib.nullcontext(), self.pool.connection() as connection:
                    return _within(limit, connection, work)
            except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected):
                # undone as a whole; MongoDB repeats such a write by itself, too
                if attempt == _CONFLICT_ATTEMPTS - 1:
                    raise
                time.sleep(random.uniform(0, min(0.005 * 2**attempt, _LONGEST_PAUSE_SECONDS)))  # noqa: S311
        raise AssertionError("unreachable")


def _within(milliseconds: int, connection: Connection, work: Callable[[Connection], T]) -> T:
    if milliseconds <= 0:
        return work(connection)
    statements.run(connection, f"SET statement_timeout = {milliseconds}")
    try:
        return work(connection)
    finally:
        if not connection.closed:
            statements.run(connection, "RESET statement_timeout")
