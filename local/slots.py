"""The machine's compute slots: how many encodes run at once, as an account's quotas limit it in AWS.

Lambda functions that encode go before waiting Fargate tasks: in AWS they are different quotas and do not wait
for each other, and the head of a film, which a viewer waits for, runs on Lambda.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LAMBDA_FIRST = 0
FARGATE_NEXT = 1


class ComputeSlots:
    """`count` slots, given out by priority and then in order of arrival."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._free = count
        self._order = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def hold(self, priority: int) -> AsyncIterator[None]:
        """Waits for a slot and keeps it inside the context."""
        await self._take(priority)
        try:
            yield
        finally:
            self._free += 1
            self._hand_out()

    async def _take(self, priority: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), turn))
        self._hand_out()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was given a slot while it was being cancelled
                self._free += 1
                self._hand_out()
            raise

    def _hand_out(self) -> None:
        while self._free and self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self._free -= 1
                turn.set_result(None)
