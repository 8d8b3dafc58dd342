"""What the gateway does by itself: prepares the database, and clears away what has timed out."""

from __future__ import annotations

import logging
import threading

import psycopg

from local.database.gateway.cursors import Cursors
from local.database.gateway.errors import CommandError, ConnectionLost
from local.database.gateway.pool import Connection, Pool
from local.database.gateway.retries import forget_old_replies, prepare_memory
from local.database.gateway.sessions import Transactions
from local.database.gateway.statements import run

_ROUND_SECONDS = 5.0
_EXPIRE_EVERY_ROUNDS = 6  # MongoDB looks once a minute
_UNUSED_SECONDS = 60.0
# of two gateways that start at once, one makes the extension and the other finds it made
_PREPARE_LOCK = 0x6D717565

logger = logging.getLogger(__name__)


def prepare_database(connection: Connection) -> None:
    """Creates the extension, or brings it to the installed version, and the gateway's own table."""
    run(connection, "SELECT pg_advisory_lock(%s)", _PREPARE_LOCK)
    try:
        run(connection, "CREATE EXTENSION IF NOT EXISTS documentdb CASCADE")
        for extension in ("documentdb_core", "documentdb"):
            run(connection, f"ALTER EXTENSION {extension} UPDATE")
        prepare_memory(connection)
    finally:
        if not connection.closed:
            run(connection, "SELECT pg_advisory_unlock(%s)", _PREPARE_LOCK)


class Housekeeper:
    """A thread that ends forgotten cursors and transactions and deletes documents whose time has come."""

    def __init__(self, pool: Pool, transactions: Transactions, cursors: Cursors) -> None:
        self._pool = pool
        self._transactions = transactions
        self._cursors = cursors
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="housekeeping", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _serve(self) -> None:
        rounds = 0
        while not self._stop.wait(_ROUND_SECONDS):
            rounds += 1
            try:
                self._transactions.expire()
                self._cursors.expire()
                self._pool.close_unused(_UNUSED_SECONDS)
                if rounds % _EXPIRE_EVERY_ROUNDS == 0:
                    expire_documents(self._pool)
            except (psycopg.Error, CommandError, ConnectionLost) as error:
                logger.warning("housekeeping: %s", error)


def expire_documents(pool: Pool) -> None:
    """Deletes what TTL indexes say has expired, files of cursors nobody owns any more, and old replies."""
    with pool.connection() as connection:
        run(connection, "CALL documentdb_api_internal.delete_expired_rows()")
        run(connection, "SELECT documentdb_api_internal.cursor_directory_cleanup()")
        forget_old_replies(connection)
