"""Who gets which process of a function: the one that is free first, and few start at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

from local.functions.instance import Instance
from local.functions.outcome import Invocation, Outcome
from local.functions.pool import FunctionPool
from local.model import Function

FUNCTION = Function(
    name="films",
    arn="arn:aws:lambda:us-east-1:123456789012:function:films",
    argv=("python",),
    directory=Path(),
    environment={},
    handler="films.handler",
    timeout_seconds=10,
    memory_mib=128,
    reserved_concurrency=None,
    heavy=False,
)

Result = TypeVar("Result")


class Process:
    """An instance that starts and answers when it is told to."""

    def __init__(self, yard: Yard, number: int) -> None:
        self._yard = yard
        self.number = number
        self.dead = False
        self.idle_since = 0.0
        self.started = asyncio.Event()

    async def start(self) -> None:
        if self._yard.broken:
            raise OSError("no more processes")

    async def initialised(self) -> bool:
        await self.started.wait()
        return not self.dead

    async def run(self, invocation: Invocation) -> Outcome:
        await self._yard.may_answer.wait()
        return Outcome(str(self.number).encode(), failed=self.dead)

    async def kill(self) -> None:
        self.dead = True
        self.started.set()


class Yard:
    """All processes that were made, in order."""

    def __init__(self) -> None:
        self.made: list[Process] = []
        self.broken = False
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    def make(self, _: Function) -> Instance:
        self.made.append(Process(self, len(self.made)))
        return cast(Instance, self.made[-1])


def in_loop(test: Callable[[Yard, FunctionPool], Awaitable[Result]], function: Function = FUNCTION) -> Result:
    async def run() -> Result:
        yard = Yard()
        pool = FunctionPool(function, yard.make, starting_at_once=2)
        try:
            return await asyncio.wait_for(test(yard, pool), 10)
        finally:
            await pool.close()

    return asyncio.run(run())


async def turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def call(pool: FunctionPool) -> asyncio.Task[Outcome]:
    return asyncio.create_task(pool.run(Invocation(b"{}")))


def test_a_crowd_of_calls_starts_few_processes_at_once_and_is_answered_by_those() -> None:
    async def test(yard: Yard, pool: FunctionPool) -> None:
        calls = [call(pool) for _ in range(10)]
        await turns()
        assert len(yard.made) == 2
        yard.made[0].started.set()
        outcomes = await asyncio.gather(*calls)
        assert {outcome.payload for outcome in outcomes} == {b"0"}
        assert pool.counts.invocations == 10

    in_loop(test)


def test_calls_that_take_long_get_a_process_each() -> None:
    async def test(yard: Yard, pool: FunctionPool) -> None:
        yard.may_answer.clear()
        calls = [call(pool) for _ in range(5)]
        for number in range(5):
            await turns()
            yard.made[number].started.set()
        await turns()
        yard.may_answer.set()
        assert sorted(outcome.payload for outcome in await asyncio.gather(*calls)) == [b"0", b"1", b"2", b"3", b"4"]

    in_loop(test)


def test_a_call_that_is_given_up_loses_nobody_a_process() -> None:
    async def test(yard: Yard, pool: FunctionPool) -> None:
        given_up, kept = call(pool), call(pool)
        await turns()
        given_up.cancel()
        yard.made[0].started.set()
        assert (await kept).payload == b"0"
        yard.made[1].started.set()
        await turns()
        assert (await call(pool)).payload in {b"0", b"1"}
        assert len(yard.made) == 2

    in_loop(test)


def test_a_process_that_ends_at_its_start_tells_its_caller_and_the_next_call_starts_another() -> None:
    async def test(yard: Yard, pool: FunctionPool) -> None:
        first = call(pool)
        await turns()
        await yard.made[0].kill()
        assert (await first).failed
        second = call(pool)
        await turns()
        yard.made[1].started.set()
        assert (await second).payload == b"1"

    in_loop(test)


def test_a_machine_that_can_start_no_process_says_so_to_each_call() -> None:
    async def test(yard: Yard, pool: FunctionPool) -> list[Any]:
        yard.broken = True
        return await asyncio.gather(*(call(pool) for _ in range(3)), return_exceptions=True)

    assert [str(error) for error in in_loop(test)] == ["no more processes"] * 3


def test_nothing_starts_after_the_end() -> None:
    async def test(yard: Yard, pool: FunctionPool) -> None:
        waiting = [call(pool) for _ in range(4)]
        await turns()
        await pool.close()
        await turns()
        assert len(yard.made) == 2
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    in_loop(test, replace(FUNCTION, name="ended"))
