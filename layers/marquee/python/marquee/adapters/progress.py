"""Live progress as workers reported it to Valkey (`domain.ports.LiveProgress`)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import valkey

from marquee.domain.errors import TransientError
from marquee.domain.progress_board import BoardTask, board_field, board_key, part_of

logger = logging.getLogger("marquee.progress")

# After a failure the board is left alone for a while: an answer must not wait for it at every question.
REST_SECONDS = 2.0

Result = TypeVar("Result")


class ValkeyProgress:
    """The board in Valkey. When it is away, nothing is known: progress is a courtesy."""

    def __init__(self, client: valkey.Valkey, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._monotonic = monotonic
        self._rest_until = float("-inf")

    def fractions(self, job_id: str) -> Mapping[tuple[str, int], float]:
        fields: dict[str, str] = self._quietly(lambda: self._client.hgetall(board_key(job_id)), {})
        return {part_of(field): float(value) for field, value in fields.items()}

    def clear(self, job_id: str, task: BoardTask | None = None) -> None:
        key = board_key(job_id)
        if task is None:
            self._quietly(lambda: self._client.delete(key), None)
            return
        fields = [board_field(*part) for part in self.fractions(job_id) if part[0] == task]
        if fields:
            self._quietly(lambda: self._client.hdel(key, *fields), None)

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
