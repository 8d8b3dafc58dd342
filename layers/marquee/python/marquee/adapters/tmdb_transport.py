"""HTTP to TMDB by urllib3: connections are kept, and no byte is waited for beyond the time given."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import urllib3

from marquee.domain.deadline import Deadline
from marquee.domain.errors import TransientError

MOST_BYTES = 2 * 1024 * 1024
MOST_CONNECTIONS = 4
_CHUNK = 64 * 1024


class NoAnswer(TransientError):
    """No connection, no answer in time, or one that broke off."""


@dataclass(frozen=True, slots=True)
class Response:
    """`retry_after` as it was sent."""

    status: int
    body: bytes = b""
    retry_after: str | None = None


class Transport(Protocol):
    def get(self, url: str, *, headers: Mapping[str, str], timeout_seconds: float) -> Response:
        """The whole answer within `timeout_seconds`; raises `NoAnswer`. Redirections are not followed."""
        ...


class Urllib3Transport:
    """One pool a process. Its errors name the address, never what headers held."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pool = urllib3.PoolManager(maxsize=MOST_CONNECTIONS, retries=False)
        self._monotonic = monotonic

    def get(self, url: str, *, headers: Mapping[str, str], timeout_seconds: float) -> Response:
        deadline = Deadline(timeout_seconds, monotonic=self._monotonic)
        try:
            response = self._pool.request(
                "GET",
                url,
                headers=dict(headers),
                timeout=urllib3.Timeout(total=timeout_seconds),
                redirect=False,
                preload_content=False,
            )
            try:
                body = _read(response, deadline)
            except BaseException:
                response.close()  # what is left of it would be read as the next answer
                raise
            response.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise NoAnswer(f"TMDB did not answer: {type(error).__name__}.") from error
        return Response(response.status, body, response.headers.get("Retry-After"))


def _read(response: urllib3.BaseHTTPResponse, deadline: Deadline) -> bytes:
    """The body, read as it comes: a server that sends a byte a second gets no further."""
    body = bytearray()
    while True:
        left = deadline.remaining()
        if left <= 0:
            raise NoAnswer("TMDB's answer did not end in time.")
        socket = getattr(response.connection, "sock", None)
        if socket is not None:
            socket.settimeout(left)
        piece = response.read1(_CHUNK)
        if not piece:
            return bytes(body)
        body += piece
        if len(body) > MOST_BYTES:
            raise NoAnswer("TMDB's answer is too long.")
