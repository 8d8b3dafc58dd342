"""The gateway's TCP side: a thread per connection, on the loopback interface only."""

from __future__ import annotations

import itertools
import logging
import socket
import threading
from contextlib import suppress
from typing import BinaryIO, cast

from local.database.gateway.calls import Call, parse_call
from local.database.gateway.commands import Commands, to_bytes
from local.database.gateway.cursors import Cursors
from local.database.gateway.errors import CommandError, translate
from local.database.gateway.execution import Executor
from local.database.gateway.housekeeping import Housekeeper, prepare_database
from local.database.gateway.pool import Pool, connector
from local.database.gateway.sessions import Transactions
from local.database.gateway.wire import ProtocolError, Request, encode_reply, read_request

LOOPBACK = "127.0.0.1"
_UNSUPPORTED_OP_QUERY = 352
_MOST_CONNECTIONS = 512
_LARGE_BYTES = 256 * 1024
_LARGE_BYTES_AT_ONCE = 128 * 1024 * 1024
_LARGE_SECONDS = 60.0

logger = logging.getLogger(__name__)


class Budget:
    """Bounds the memory that large messages take together: who comes late waits."""

    def __init__(self, size: int, seconds: float) -> None:
        self._free = size
        self._seconds = seconds
        self._changed = threading.Condition()

    def claim(self, size: int) -> None:
        """Waits until `size` bytes are free and takes them. Raises ProtocolError when it lasts too long."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._free >= size, timeout=self._seconds):
                raise ProtocolError("too many large messages at once")
            self._free -= size

    def release(self, size: int) -> None:
        with self._changed:
            self._free += size
            self._changed.notify_all()


class Gateway:
    """Serves MongoDB clients out of the PostgreSQL that `conninfo` leads to, also before it is there."""

    def __init__(self, conninfo: str, *, port: int = 0, connections: int = 24) -> None:
        self._pool = Pool(connector(conninfo), size=connections, prepare=prepare_database)
        self._transactions = Transactions(self._pool)
        executor = Executor(self._pool, self._transactions)
        self._cursors = Cursors(executor)
        self._commands = Commands(executor, self._cursors)
        self._housekeeper = Housekeeper(self._pool, self._transactions, self._cursors)
        self._budget = Budget(_LARGE_BYTES_AT_ONCE, _LARGE_SECONDS)
        self._places = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self._ids = itertools.count(1)
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server((LOOPBACK, port), backlog=128)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def serve(self) -> None:
        """Accepts connections until `close`."""
        self._housekeeper.start()
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            self._places.acquire()
            self._open.add(connection)
            threading.Thread(target=self._attend, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Stops accepting, ends the connections, and rolls back what they left open. Thread-safe."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # close alone does not wake accept
        self._listener.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        self._housekeeper.stop()
        self._pool.close()

    def _attend(self, connection: socket.socket) -> None:
        connection_id = next(self._ids)
        try:
            with connection, cast("BinaryIO", connection.makefile("rb", buffering=64 * 1024)) as stream:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while self._answer_next(stream, connection, connection_id):
                    pass
        except ProtocolError as error:
            logger.warning("connection %d: %s", connection_id, error)
        except OSError:
            logger.debug("connection %d broke", connection_id)
        finally:
            self._open.discard(connection)
            self._places.release()
            self._transactions.client_gone(connection_id)
            self._cursors.client_gone(connection_id)

    def _answer_next(self, stream: BinaryIO, connection: socket.socket, connection_id: int) -> bool:
        claimed = 0

        def claim(size: int) -> None:
            nonlocal claimed
            if size > _LARGE_BYTES:
                self._budget.claim(size)
                claimed = size

        try:
            request = read_request(stream, claim)
            if request is None:
                return False
            reply = self._answer(request, connection_id)
            if request.wants_reply:
                connection.sendall(encode_reply(request, reply))
        finally:
            if claimed:
                self._budget.release(claimed)
        return True

    def _answer(self, request: Request, connection_id: int) -> bytes:
        call: Call | None = None
        try:
            call = parse_call(request, connection_id)
            if request.legacy_database is not None and call.name not in {"hello", "ismaster"}:
                raise CommandError(_UNSUPPORTED_OP_QUERY, f"OP_QUERY is not supported for {call.name}")
            return to_bytes(self._commands.handle(call))
        except Exception as error:  # a client is told whatever happens; the connection goes on
            told = translate(error, call.command if call else {})
            if told.code == 1:
                logger.exception("command %s failed", call.name if call else "?")
            return to_bytes(told.document())
