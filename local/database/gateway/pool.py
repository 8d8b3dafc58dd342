"""Connections to PostgreSQL: few, reused, thrown away when they are dead.

Unlike a pool that trusts its connections, this one looks at the socket when it hands one out: an idle
PostgreSQL connection has nothing to say, so a readable one has ended. Only a statement that was under way
when PostgreSQL died is then ever in doubt.
"""

from __future__ import annotations

import logging
import random
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from local.database.gateway.errors import CommandError, ConnectionLost, Unreachable

Connection = psycopg.Connection[tuple[Any, ...]]

_TIME_LIMIT_EXCEEDED = 262
_CONNECT_SECONDS = 5
_SHUTDOWN_STATES = frozenset({"57P01", "57P02", "57P03"})  # its last words before it closes a connection
_FIRST_PAUSE_SECONDS = 0.03
_LONGEST_PAUSE_SECONDS = 0.5

logger = logging.getLogger(__name__)


def connector(conninfo: str) -> Callable[[], Connection]:
    """Opens connections as the gateway uses them: statements commit by themselves and are prepared."""
    return partial(psycopg.connect, conninfo, autocommit=True, connect_timeout=_CONNECT_SECONDS, prepare_threshold=0)


@dataclass(slots=True)
class _Idle:
    connection: Connection
    since: float


class Pool:
    """At most `size` connections; callers wait up to `wait_seconds` for one, also while PostgreSQL is away.

    `prepare` runs once, on the first connection.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        *,
        size: int,
        wait_seconds: float = 15.0,
        prepare: Callable[[Connection], None] = lambda connection: None,
    ) -> None:
        self._open = connect
        self._wait_seconds = wait_seconds
        self._prepare = prepare
        self._prepared = False
        self._prepare_lock = threading.Lock()
        self._places = threading.BoundedSemaphore(size)
        self._idle: deque[_Idle] = deque()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lends a connection. Raises CommandError or Unreachable when none is to be had, ConnectionLost
        when it broke."""
        connection = self.take()
        try:
            yield connection
        except psycopg.OperationalError as error:
            if not is_broken(connection) and error.sqlstate not in _SHUTDOWN_STATES:
                raise
            raise ConnectionLost("PostgreSQL went away during the command") from error
        finally:
            self.give_back(connection)

    def take(self) -> Connection:
        """Takes a connection out; it must be given back."""
        until = time.monotonic() + self._wait_seconds
        if not self._places.acquire(timeout=self._wait_seconds):
            raise CommandError(_TIME_LIMIT_EXCEEDED, "every connection to PostgreSQL is in use")
        try:
            return self._reuse() or self._connect(until)
        except BaseException:
            self._places.release()
            raise

    def give_back(self, connection: Connection) -> None:
        """Takes a connection back; a broken one, or one inside a transaction, is closed."""
        if connection.info.transaction_status == TransactionStatus.IDLE:
            self._idle.append(_Idle(connection, time.monotonic()))
        else:
            _close(connection)
        self._places.release()

    def close_unused(self, seconds: float) -> None:
        """Closes connections that nobody needed for so long."""
        oldest = time.monotonic() - seconds
        while True:
            try:
                idle = self._idle.popleft()
            except IndexError:
                return
            if idle.since >= oldest:
                self._idle.appendleft(idle)
                return
            _close(idle.connection)

    def close(self) -> None:
        """Closes the idle connections."""
        self.close_unused(-1.0)

    def _reuse(self) -> Connection | None:
        while True:
            try:
                connection = self._idle.pop().connection
            except IndexError:
                return None
            if _is_alive(connection):
                return connection
            _close(connection)

    def _connect(self, until: float) -> Connection:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                connection = self._open()
            except psycopg.OperationalError as error:
                if time.monotonic() + pause > until:
                    raise Unreachable("PostgreSQL does not answer") from error
                logger.debug("PostgreSQL does not answer: %s", error)
                time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            else:
                return self._ready(connection)

    def _ready(self, connection: Connection) -> Connection:
        with self._prepare_lock:
            if not self._prepared:
                try:
                    self._prepare(connection)
                except BaseException:
                    _close(connection)
                    raise
                self._prepared = True
        return connection


def is_broken(connection: Connection) -> bool:
    """Has the server ended this connection?"""
    return connection.closed or connection.info.transaction_status == TransactionStatus.UNKNOWN


def _is_alive(connection: Connection) -> bool:
    if connection.closed:
        return False
    poller = select.poll()
    poller.register(connection.fileno(), select.POLLIN)
    return not poller.poll(0)


def _close(connection: Connection) -> None:
    with suppress(psycopg.Error, OSError):
        connection.close()
