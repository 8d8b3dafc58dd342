"""The database, for those whose callers rather take an older answer than wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pymongo
from pymongo.collection import Collection

from marquee.adapters.database import Database, Document
from marquee.domain.errors import TransientError

PATIENCE_SECONDS = 1.2
# After it was waited for in vain, nobody asks for so long: an answer may take several questions.
REST_SECONDS = 1.0

Result = TypeVar("Result")


class ImpatientDatabase(Database):
    """Each operation has `patience_seconds` for everything: finding the server, connecting, retries, the answer.

    In a rest after a failure operations fail at once, with the same `TransientError`.
    """

    def __init__(
        self,
        read_uri: Callable[[], str],
        name: str,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(read_uri, name, sleep=sleep)
        self._patience_seconds = patience_seconds
        self._monotonic = monotonic
        self._rests_until = float("-inf")

    def run(self, collection: str, operation: Callable[[Collection[Document]], Result]) -> Result:
        if self._monotonic() < self._rests_until:
            raise TransientError("The database did not answer a moment ago.")
        try:
            with pymongo.timeout(self._patience_seconds):
                return super().run(collection, operation)
        except TransientError:
            self._rests_until = self._monotonic() + REST_SECONDS
            raise
