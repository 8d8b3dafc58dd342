"""Asking Valkey without waiting for it again and again while it is away."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import valkey

from marquee.domain.errors import TransientError

logger = logging.getLogger("marquee.valkey")

REST_SECONDS = 2.0

Result = TypeVar("Result")


class ValkeyAway(TransientError):
    """Valkey does not answer, or did not a moment ago."""


class Attempts:
    """After a failure it is left alone for a while. One for all that a process keeps there: it is one server."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._rest_until = float("-inf")

    def run(self, operation: Callable[[], Any]) -> Any:
        """What `operation` gives; raises `ValkeyAway`. The client's own types are unions with awaitables,
        so the caller says what comes back."""
        if self._monotonic() < self._rest_until:
            raise ValkeyAway("The cache is away.")
        try:
            return operation()
        except valkey.ValkeyError as error:
            self._rest_until = self._monotonic() + REST_SECONDS
            logger.warning("Valkey is away: %s", error)
            raise ValkeyAway("The cache cannot be reached.") from error
