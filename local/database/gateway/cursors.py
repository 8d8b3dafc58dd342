"""Cursors: what PostgreSQL needs to go on, kept between a client's getMores.

The extension keeps a cursor's rows in a file, or a position in the collection; it hands out a continuation
that any connection can go on from, so an open cursor holds no connection.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from bson import Int64, encode

from local.database.gateway.calls import Call
from local.database.gateway.errors import CommandError
from local.database.gateway.execution import Executor
from local.database.gateway.pool import Connection
from local.database.gateway.statements import fetch, select

_CURSOR_NOT_FOUND, _EXCEEDED_MEMORY_LIMIT = 43, 146
_UNDEFINED_FILE = "58P01"
_MOST = 4000  # the extension keeps at most 5,000 files


@dataclass(slots=True)
class _Cursor:
    continuation: bytes
    session: bytes | None
    connection_id: int
    expires: float


class Cursors:
    """The open cursors by id; one whose client has gone is dropped a little later, not at once.

    (A driver may fetch the next batch over another of its connections.)
    """

    def __init__(self, executor: Executor, *, idle_seconds: float = 600.0, orphan_seconds: float = 60.0) -> None:
        self._executor = executor
        self._idle_seconds = idle_seconds
        self._orphan_seconds = orphan_seconds
        self._lock = threading.Lock()
        self._open: dict[int, _Cursor] = {}

    def __len__(self) -> int:
        return len(self._open)

    def first_page(self, call: Call, function: str, *, repeatable: bool = True) -> bytes:
        """Opens a cursor by one of the extension's `…_cursor_first_page` functions; returns the reply."""
        statement = select(
            "cursorpage::bytea, continuation::bytea, cursorid", f"documentdb_api.{function}(%s, {{bson}})"
        )

        def work(connection: Connection) -> tuple[Any, ...]:
            return fetch(connection, statement, call.database, call.body)

        page, continuation, cursor_id = self._executor.run(call, work, repeatable=repeatable)
        if continuation is not None and cursor_id:
            self._keep(cursor_id, continuation, call)
        return bytes(page)

    def next_page(self, call: Call) -> bytes:
        """Answers a getMore."""
        cursor_id = int(call.target)
        with self._lock:
            cursor = self._open.pop(cursor_id, None)
        if cursor is None:
            raise _not_found(cursor_id)
        statement = select(
            "cursorpage::bytea, continuation::bytea", "documentdb_api.cursor_get_more(%s, {bson}, {bson})"
        )

        def work(connection: Connection) -> tuple[Any, ...]:
            return fetch(connection, statement, call.database, call.body, cursor.continuation)

        try:
            page, continuation = self._executor.run(call, work, repeatable=True)
        except psycopg.Error as error:
            if error.sqlstate == _UNDEFINED_FILE:  # PostgreSQL was restarted in the meantime
                raise _not_found(cursor_id) from error
            raise
        if continuation is not None:
            self._keep(cursor_id, continuation, call)
        return bytes(page)

    def kill(self, call: Call) -> dict[str, Any]:
        """Answers a killCursors."""
        ids = [int(number) for number in call.command["cursors"]]
        with self._lock:
            killed = [number for number in ids if self._open.pop(number, None) is not None]
        self._delete_files(killed)
        return {
            "cursorsKilled": [Int64(number) for number in killed],
            "cursorsNotFound": [Int64(number) for number in ids if number not in killed],
            "cursorsAlive": [],
            "cursorsUnknown": [],
            "ok": 1.0,
        }

    def end_sessions(self, sessions: Collection[bytes]) -> None:
        """Drops the cursors of sessions that ended."""
        with self._lock:
            ended = [number for number, cursor in self._open.items() if cursor.session in sessions]
            for number in ended:
                del self._open[number]
        self._delete_files(ended)

    def client_gone(self, connection_id: int) -> None:
        """Lets the cursors that were last used over a closed connection expire soon."""
        soon = time.monotonic() + self._orphan_seconds
        with self._lock:
            for cursor in self._open.values():
                if cursor.connection_id == connection_id:
                    cursor.expires = min(cursor.expires, soon)

    def expire(self) -> None:
        """Drops the cursors that nobody used for too long."""
        now = time.monotonic()
        with self._lock:
            expired = [number for number, cursor in self._open.items() if cursor.expires < now]
            for number in expired:
                del self._open[number]
        self._delete_files(expired)

    def _keep(self, cursor_id: int, continuation: bytes, call: Call) -> None:
        expires = time.monotonic() + self._idle_seconds
        cursor = _Cursor(bytes(continuation), call.session_id, call.connection_id, expires)
        with self._lock:
            if len(self._open) >= _MOST:
                raise CommandError(_EXCEEDED_MEMORY_LIMIT, f"{_MOST} cursors are open")
            self._open[cursor_id] = cursor

    def _delete_files(self, cursor_ids: Iterable[int]) -> None:
        numbers = list(cursor_ids)
        if not numbers:
            return
        with self._executor.pool.connection() as connection:
            fetch(connection, "SELECT documentdb_api_internal.delete_cursors(%s::bigint[])::bytea", numbers)


def _not_found(cursor_id: int) -> CommandError:
    return CommandError(_CURSOR_NOT_FOUND, f"cursor id {cursor_id} not found")


def empty_page(namespace: str) -> bytes:
    """The reply of a cursor without results."""
    return encode({"cursor": {"id": Int64(0), "ns": namespace, "firstBatch": []}, "ok": 1.0})
