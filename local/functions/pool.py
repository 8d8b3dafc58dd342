"""All processes of one function: reused while warm, replaced when dead, reaped when idle."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from local.functions.instance import Instance
from local.functions.outcome import Invocation, Outcome, TooManyRequestsError
from local.model import Function

_IDLE_SECONDS = 600.0
# calls beyond wait their turn: Lambda would start more machines, and this is one
_MOST_PROCESSES = 12


@dataclass
class Counts:
    """What happened to a function since the start."""

    invocations: int = 0
    cold_starts: int = 0
    failures: int = 0
    throttles: int = 0


class FunctionPool:
    """Runs calls of one function. `make` makes a new instance that is not started."""

    def __init__(self, function: Function, make: Callable[[Function], Instance]) -> None:
        self.function = function
        self.counts = Counts()
        self._make = make
        self._idle: list[Instance] = []
        self._busy: set[Instance] = set()
        limit = function.reserved_concurrency
        self._limit = _MOST_PROCESSES if limit is None else min(_MOST_PROCESSES, limit)
        self._turns = asyncio.Semaphore(max(1, self._limit))
        self._reaper: asyncio.TimerHandle | None = None
        self._taken = 0  # calls that run or wait for a process
        self._ending: set[asyncio.Task[None]] = set()  # a task that nobody holds may be collected

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
        instance = self._take_idle()
        if instance is None:
            instance = await self._new()
            self.counts.cold_starts += 1
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
        task = asyncio.get_running_loop().create_task(instance.kill())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def close(self) -> None:
        if self._reaper is not None:
            self._reaper.cancel()
        instances, self._idle = [*self._idle, *self._busy], []
        await asyncio.gather(*self._ending, *(instance.kill() for instance in instances))
