"""All processes of one function: reused while warm, replaced when dead, reaped when idle."""

from __future__ import annotations

import asyncio
import collections
import os
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from local.functions.instance import Instance
from local.functions.outcome import Invocation, Outcome, TooManyRequestsError
from local.model import Function

_IDLE_SECONDS = 600.0
# calls beyond wait their turn: Lambda would start more machines, and this is one
_MOST_PROCESSES = 12
# Lambda starts a machine for each call that finds none; a crowd of them starting here would keep everybody waiting
_STARTING_AT_ONCE = os.cpu_count() or 1


@dataclass
class Counts:
    """What happened to a function since the start."""

    invocations: int = 0
    cold_starts: int = 0
    failures: int = 0
    throttles: int = 0


class FunctionPool:
    """Runs calls of one function. `make` makes a new instance that is not started."""

    def __init__(
        self, function: Function, make: Callable[[Function], Instance], *, starting_at_once: int = _STARTING_AT_ONCE
    ) -> None:
        self.function = function
        self.counts = Counts()
        self._make = make
        self._starting_at_once = starting_at_once
        self._idle: list[Instance] = []
        self._busy: set[Instance] = set()
        self._starting: set[Instance] = set()
        self._waiting: collections.deque[asyncio.Future[Instance]] = collections.deque()
        limit = function.reserved_concurrency
        self._limit = _MOST_PROCESSES if limit is None else min(_MOST_PROCESSES, limit)
        self._turns = asyncio.Semaphore(max(1, self._limit))
        self._reaper: asyncio.TimerHandle | None = None
        self._taken = 0  # calls that run or wait for a process
        self._background: set[asyncio.Task[None]] = set()  # a task that nobody holds may be collected

    async def warm(self, count: int) -> bool:
        """Starts processes before they are needed, until there are `count`; False when one could not initialise."""
        while len(self._idle) + self._taken < count:
            instance = await self._new()
            if not await instance.initialised():
                await instance.kill()
                return False
            self._put_back(instance)
        return True

    async def run(self, invocation: Invocation) -> Outcome:
        """Raises TooManyRequestsError when the reserved concurrency is used up."""
        reserved = self.function.reserved_concurrency
        if reserved is not None and self._taken >= reserved:
            self.counts.throttles += 1
            raise TooManyRequestsError(self.function.name)
        self._taken += 1
        try:
            async with self._turns:
                return await self._run_on_instance(invocation)
        finally:
            self._taken -= 1

    async def _run_on_instance(self, invocation: Invocation) -> Outcome:
        instance = self._take_idle() or await self._first_free()
        self._busy.add(instance)
        self.counts.invocations += 1
        try:
            outcome = await instance.run(invocation)
        except asyncio.CancelledError:
            await instance.kill()  # nobody waits for it any more: it must not be given to the next call
            raise
        finally:
            self._busy.discard(instance)
            self._put_back(instance)
        self.counts.failures += outcome.failed
        return outcome

    async def _first_free(self) -> Instance:
        """The next process that ends its call or its start. One that could not start tells why when it is used."""
        turn: asyncio.Future[Instance] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._start_more()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif not turn.cancelled():
                self._put_back(turn.result())
            raise

    def _start_more(self) -> None:
        while len(self._starting) < min(self._starting_at_once, len(self._waiting)):
            instance = self._make(self.function)
            self._starting.add(instance)
            self._in_background(self._start(instance))

    async def _start(self, instance: Instance) -> None:
        self.counts.cold_starts += 1
        try:
            await instance.start()
            await instance.initialised()
        except OSError as error:
            self._hand_out(error)
        else:
            # also one that has ended: whoever gets it tells why
            if not self._hand_out(instance):
                self._put_back(instance)
        finally:
            self._starting.discard(instance)
            self._start_more()

    def _hand_out(self, what: Instance | OSError) -> bool:
        """To the call that has waited longest; False when none waits."""
        turn = self._next_turn()
        if turn is None:
            return False
        if isinstance(what, OSError):
            turn.set_exception(what)
        else:
            turn.set_result(what)
        return True

    def _next_turn(self) -> asyncio.Future[Instance] | None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                return turn
        return None

    def _take_idle(self) -> Instance | None:
        # the most recently used one: the others can be reaped
        while self._idle:
            instance = self._idle.pop()
            if not instance.dead:
                return instance
            self._forget(instance)
        return None

    async def _new(self) -> Instance:
        instance = self._make(self.function)
        await instance.start()
        return instance

    def _put_back(self, instance: Instance) -> None:
        if instance.dead:
            self._forget(instance)
            self._start_more()  # whoever waited for it waits for another
            return
        if self._hand_out(instance):
            return
        instance.idle_since = time.monotonic()
        self._idle.append(instance)
        if self._reaper is None:
            self._reaper = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._reap)

    def _reap(self) -> None:
        """Ends what was idle for long; the last process stays, as the one that keeps the function warm."""
        self._reaper = None
        oldest = time.monotonic() - _IDLE_SECONDS / 2
        while len(self._idle) > 1 and self._idle[0].idle_since < oldest:
            self._forget(self._idle.pop(0))
        if len(self._idle) > 1:
            self._reaper = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._reap)

    def _forget(self, instance: Instance) -> None:
        self._in_background(instance.kill())

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def close(self) -> None:
        if self._reaper is not None:
            self._reaper.cancel()
        self._waiting.clear()  # nothing more is started; their callers are being stopped, too
        instances, self._idle = [*self._idle, *self._busy, *self._starting], []
        await asyncio.gather(*self._background, *(instance.kill() for instance in instances))
