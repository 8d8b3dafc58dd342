"""Live progress in Valkey (`domain.ports.LiveProgress`): one hash a job, `task/part` → fraction."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import valkey

from marquee.domain.errors import TransientError
from marquee.domain.media import OrderKind

logger = logging.getLogger("marquee.progress")

TTL_SECONDS = 7 * 24 * 3600
# After a failure the board is left alone for a while: an encoder must not wait for it at every report.
REST_SECONDS = 2.0

Result = TypeVar("Result")

# Reports come late, twice and from a worker that starts again: only more than before counts.
_RAISE = """
local before = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '-1')
if tonumber(ARGV[2]) > before then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
redis.call('EXPIRE', KEYS[1], ARGV[3])
"""


class ValkeyProgress:
    """The board in Valkey. When it is away, reports are lost and nothing is known: progress is a courtesy."""

    def __init__(self, client: valkey.Valkey, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._raise = self._client.register_script(_RAISE)
        self._monotonic = monotonic
        self._rest_until = float("-inf")

    def report(self, job_id: str, task: OrderKind, part: int, fraction: float) -> None:
        value = min(1.0, max(0.0, fraction))
        self._quietly(
            lambda: self._raise(keys=[_key(job_id)], args=[f"{task}/{part}", f"{value:.4f}", TTL_SECONDS]),
            None,
        )

    def fractions(self, job_id: str) -> Mapping[tuple[str, int], float]:
        fields: dict[str, str] = self._quietly(lambda: self._client.hgetall(_key(job_id)), {})
        return {_part(field): float(value) for field, value in fields.items()}

    def clear(self, job_id: str) -> None:
        self._quietly(lambda: self._client.delete(_key(job_id)), None)

    def ping(self) -> None:
        try:
            self._client.ping()
        except valkey.ValkeyError as error:
            raise TransientError("The cache cannot be reached.") from error

    def _quietly(self, operation: Callable[[], object], otherwise: Result) -> Result:
        if self._monotonic() < self._rest_until:
            return otherwise
        try:
            return operation()  # type: ignore[return-value]  # the client's own types are unions with awaitables
        except valkey.ValkeyError as error:
            self._rest_until = self._monotonic() + REST_SECONDS
            logger.warning("live progress is away: %s", error)
            return otherwise


def _key(job_id: str) -> str:
    return f"job:{job_id}:progress"


def _part(field: str) -> tuple[str, int]:
    task, _, part = field.partition("/")
    return task, int(part)
