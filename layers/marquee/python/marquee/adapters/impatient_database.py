"""The database, for those whose callers rather take an older answer than wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import pymongo
from pymongo.collection import Collection

from marquee.adapters.database import Database, Document
from marquee.domain.deadline import Allowance, database_allowance
from marquee.domain.errors import TransientError

PATIENCE_SECONDS = 1.2
# After it was waited for in vain, nobody asks for so long: an answer may take several questions.
REST_SECONDS = 1.0
# A healthy database's answer: any number of them is nothing that was waited for.
AT_ONCE_SECONDS = 0.1

Result = TypeVar("Result")


class ImpatientDatabase(Database):
    """Each operation has `patience_seconds` for everything: finding the server, connecting, retries, the answer.

    All operations of a request together have its `database_allowance`. When that is used up, and in a rest after a
    failure, operations fail at once with the same `TransientError`.
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
        allowance = database_allowance.get() or Allowance(self._patience_seconds)
        if not allowance.left:
            raise TransientError("The database answers too slowly.")
        started = self._monotonic()
        try:
            with pymongo.timeout(min(self._patience_seconds, allowance.left)):
                return super().run(collection, operation)
        except TransientError:
            self._rests_until = self._monotonic() + REST_SECONDS
            raise
        finally:
            allowance.spend(self._monotonic() - started - AT_ONCE_SECONDS)
