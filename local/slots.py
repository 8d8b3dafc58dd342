"""The machine's compute slots: how many encodes run at once, as an account's quotas limit it in AWS.

Lambda functions that encode go before waiting Fargate tasks: in AWS they are different quotas and do not wait
for each other, and the head of a film, which a viewer waits for, runs on Lambda. What only makes a film richer begins
when a slot is left over, and holds none: it never keeps an encode waiting.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LAMBDA_FIRST = 0
FARGATE_NEXT = 1
SETTLE_SECONDS = 1.0


class ComputeSlots:
    """`count` slots, given out by priority and then in order of arrival."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._free = count
        self._some_free = asyncio.Event()
        self._some_free.set()
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

    async def left_over(self) -> None:
        """Waits until a slot is free and stays so for a moment: what is about to come goes first."""
        while True:
            await self._some_free.wait()
            await asyncio.sleep(SETTLE_SECONDS)
            if self._free:
                return

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
        if self._free:
            self._some_free.set()
        else:
            self._some_free.clear()
