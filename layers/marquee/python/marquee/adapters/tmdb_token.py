"""The bearer token for TMDB: in a secret, in memory, in one header, and nowhere else."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable

from marquee.adapters.aws import ServiceError
from marquee.adapters.secrets import read_secret
from marquee.domain.errors import TransientError

# A token that is refused, or not there yet, is read again, and not more often than this.
TOKEN_REST_SECONDS = 60.0
# One try within the time that a call has: the breaker counts a failure, and the next call tries again.
READ_SECONDS = 0.8


class NoToken(TransientError):
    """The secret holds no token yet: Marquee serves its own films alone."""


def secret_token(secret_arn: str) -> str:
    """The token in a secret `{"token": "…"}`; "" where none is yet. Raises `TransientError`."""
    try:
        return str(json.loads(read_secret(secret_arn, attempts=1, read_timeout_seconds=READ_SECONDS))["token"])
    except (ServiceError, ValueError, LookupError, TypeError):
        # whatever the secret holds is in no message
        raise TransientError("The secret with the token for TMDB cannot be read.") from None


class Token:
    """The bearer token, read when it is first needed and again after it was refused."""

    def __init__(self, read: Callable[[], str], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._value = ""
        self._read_at = self._renewed_at = float("-inf")

    def get(self) -> str:
        """Raises `NoToken`, or `TransientError` when the secret cannot be read."""
        with self._lock:
            now = self._monotonic()
            if not self._value and now - self._read_at >= TOKEN_REST_SECONDS:
                self._value = self._read()
                self._read_at = now
            if not self._value:
                raise NoToken("There is no token for TMDB.")
            return self._value

    def renew(self, refused: str) -> bool:
        """After `refused` was: whether there is another one now. Raises as `get` does."""
        with self._lock:
            now = self._monotonic()
            if self._value == refused and now - self._renewed_at >= TOKEN_REST_SECONDS:
                self._renewed_at = now
                self._value = self._read()
            return self._value != refused
