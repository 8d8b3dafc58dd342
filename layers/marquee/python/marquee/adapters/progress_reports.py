"""A worker's reports of its progress to Valkey (`domain.ports.ProgressBoard`).

A worker says one thing to Valkey, again and again, and does not need an answer. The client that the functions use
takes longer to import than all of a worker's reports take (`docs/adr/0007-lean-aws-clients.md`): here are one
command of its protocol and a socket.
"""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable

from marquee.domain.progress_board import BoardTask, board_field, board_key

logger = logging.getLogger("marquee.progress")

TIMEOUT_SECONDS = 0.5
TTL_SECONDS = 7 * 24 * 3600
# After a failure the board is left alone for a while: an encoder must not wait for it at every report.
REST_SECONDS = 2.0

# Reports come late, twice and from a worker that starts again: only more than before counts.
_RAISE = """
local before = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '-1')
if tonumber(ARGV[2]) > before then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
redis.call('EXPIRE', KEYS[1], ARGV[3])
"""


class ValkeyReports:
    """When Valkey at `endpoint` (`host:port`) is away, reports are lost: progress is a courtesy."""

    def __init__(self, endpoint: str, *, tls: bool, monotonic: Callable[[], float] = time.monotonic) -> None:
        host, _, port = endpoint.rpartition(":")
        self._address = (host, int(port))
        self._tls = ssl.create_default_context() if tls else None
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._rest_until = float("-inf")

    def report(self, job_id: str, task: BoardTask, part: int, fraction: float) -> None:
        value = f"{min(1.0, max(0.0, fraction)):.4f}"
        words = ("EVAL", _RAISE, "1", board_key(job_id), board_field(task, part), value, str(TTL_SECONDS))
        with self._lock:
            if self._monotonic() < self._rest_until:
                return
            try:
                self._say(words)
            except OSError as error:
                self.close()
                self._rest_until = self._monotonic() + REST_SECONDS
                logger.warning("live progress is away: %s", error)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _say(self, words: tuple[str, ...]) -> None:
        """One command; a connection that was closed meanwhile is made anew once."""
        fresh = self._socket is None
        try:
            self._exchange(words)
        except OSError:
            self.close()
            if fresh:
                raise
            self._exchange(words)

    def _exchange(self, words: tuple[str, ...]) -> None:
        if self._socket is None:
            self._socket = self._connect()
        self._socket.sendall(command(words))
        answer = self._socket.recv(4096)
        if not answer:
            raise ConnectionResetError("the server closed the connection")
        if answer.startswith(b"-"):
            raise ConnectionError(answer.decode(errors="replace").strip())

    def _connect(self) -> socket.socket:
        plain = socket.create_connection(self._address, TIMEOUT_SECONDS)
        if self._tls is None:
            return plain
        return self._tls.wrap_socket(plain, server_hostname=self._address[0])


def command(words: tuple[str, ...]) -> bytes:
    """A command in Valkey's protocol: an array of strings, each with its length in bytes."""
    parts = [word.encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
