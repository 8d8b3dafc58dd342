"""Multi-document transactions: each holds a PostgreSQL transaction of its own until it ends or times out."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import psycopg

from local.database.gateway import statements
from local.database.gateway.calls import Call
from local.database.gateway.errors import TRANSIENT_TRANSACTION, CommandError, ConnectionLost
from local.database.gateway.pool import Connection, Pool, is_broken

T = TypeVar("T")

_CONFLICTING, _TOO_OLD, _NO_SUCH, _COMMITTED = 117, 225, 251, 256
_REMEMBERED = 10_000
# snapshot isolation as MongoDB's; a row that another transaction holds is a conflict, soon told
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '2s'"


@dataclass(slots=True)
class _Transaction:
    session: bytes
    number: int
    connection: Connection
    connection_id: int
    touched: float
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: bool = False


class Transactions:
    """The open transactions by session, and how the last one of each session ended."""

    def __init__(self, pool: Pool, *, lifetime_seconds: float = 60.0) -> None:
        self._pool = pool
        self._lifetime_seconds = lifetime_seconds
        self._lock = threading.Lock()
        self._open: dict[bytes, _Transaction] = {}
        self._ended: OrderedDict[bytes, tuple[int, bool]] = OrderedDict()  # number, was it committed

    def run(self, call: Call, work: Callable[[Connection], T]) -> T:
        """Runs `work` in the call's transaction, which a first call begins. Any error ends the transaction."""
        transaction = self._begin(call) if call.command.get("startTransaction") else self._find(call)
        with transaction.lock:
            if transaction.ended:
                raise _no_such()
            transaction.connection_id = call.connection_id
            try:
                result = work(transaction.connection)
            except BaseException as error:
                broken = is_broken(transaction.connection)
                self._abort(transaction)
                if broken and isinstance(error, psycopg.OperationalError):
                    raise ConnectionLost("PostgreSQL went away during the transaction") from error
                raise
            transaction.touched = time.monotonic()
            return result

    def commit(self, call: Call) -> None:
        """Commits. Asked again after a lost answer, says what became of it."""
        number = call.transaction_number
        if self._ended.get(call.session_id or b"") == (number, True):
            return
        transaction = self._find(call)
        with transaction.lock:
            if transaction.ended:
                raise _no_such()
            committed = False
            try:
                committed = self._commit(transaction.connection)
            finally:
                self._forget(transaction, committed=committed)
        if not committed:
            raise _no_such()

    def abort(self, call: Call) -> None:
        """Rolls back."""
        if self._ended.get(call.session_id or b"") == (call.transaction_number, True):
            raise CommandError(_COMMITTED, "the transaction has been committed")
        transaction = self._find(call)
        with transaction.lock:
            self._abort(transaction)

    def end_sessions(self, sessions: Collection[bytes]) -> None:
        """Rolls back what these sessions left open."""
        self._abort_those(lambda transaction: transaction.session in sessions)

    def client_gone(self, connection_id: int) -> None:
        """Rolls back the transactions whose last command came over a connection that has closed."""
        self._abort_those(lambda transaction: transaction.connection_id == connection_id)

    def expire(self) -> None:
        """Rolls back transactions that had no command for too long."""
        oldest = time.monotonic() - self._lifetime_seconds
        self._abort_those(lambda transaction: transaction.touched < oldest)

    def _begin(self, call: Call) -> _Transaction:
        session, number = call.session_id or b"", call.transaction_number
        self._check_number(session, number)
        connection = self._pool.take()
        transaction = _Transaction(session, number, connection, call.connection_id, time.monotonic())
        try:
            statements.run(connection, _BEGIN)
        except BaseException as error:
            self._pool.give_back(connection)
            if isinstance(error, psycopg.OperationalError):
                raise ConnectionLost("PostgreSQL went away as the transaction began") from error
            raise
        with self._lock:
            self._open[session] = transaction
        return transaction

    def _check_number(self, session: bytes, number: int) -> None:
        with self._lock:
            before = self._open.get(session)
            last = before.number if before else self._ended.get(session, (-1, False))[0]
        if number < last:
            raise CommandError(_TOO_OLD, f"transaction {number} is older than {last}")
        if number == last:
            raise CommandError(_CONFLICTING, f"transaction {number} has been started already")
        if before is not None:  # a client that goes on to its next transaction has given this one up
            with before.lock:
                self._abort(before)

    def _find(self, call: Call) -> _Transaction:
        with self._lock:
            transaction = self._open.get(call.session_id or b"")
        if transaction is None or transaction.number != call.transaction_number:
            raise _no_such()
        return transaction

    def _commit(self, connection: Connection) -> bool:
        """Commits; when PostgreSQL dies meanwhile, asks it afterwards what became of the transaction."""
        written: str | None = None
        try:
            (written,) = statements.fetch(connection, "SELECT pg_current_xact_id_if_assigned()::text")
            statements.run(connection, "COMMIT")
        except psycopg.OperationalError as error:
            if not is_broken(connection):
                raise
            if written is None:
                return False
            with self._pool.connection() as fresh:
                (status,) = statements.fetch(fresh, "SELECT pg_xact_status(%s::text::xid8)", written)
            if status not in {"committed", "aborted"}:
                raise ConnectionLost("PostgreSQL went away during the commit") from error
            return bool(status == "committed")
        return True

    def _abort(self, transaction: _Transaction) -> None:
        if transaction.ended:
            return
        with suppress(psycopg.Error):
            statements.run(transaction.connection, "ROLLBACK")
        self._forget(transaction, committed=False)

    def _forget(self, transaction: _Transaction, *, committed: bool) -> None:
        transaction.ended = True
        with self._lock:
            if self._open.get(transaction.session) is transaction:
                del self._open[transaction.session]
            self._ended[transaction.session] = (transaction.number, committed)
            self._ended.move_to_end(transaction.session)
            while len(self._ended) > _REMEMBERED:
                self._ended.popitem(last=False)
        self._pool.give_back(transaction.connection)

    def _abort_those(self, chosen: Callable[[_Transaction], bool]) -> None:
        with self._lock:
            found = [transaction for transaction in self._open.values() if chosen(transaction)]
        for transaction in found:
            with transaction.lock:
                self._abort(transaction)


def _no_such() -> CommandError:
    return CommandError(
        _NO_SUCH, "the transaction is not in progress: it was never started, or has ended", TRANSIENT_TRANSACTION
    )
