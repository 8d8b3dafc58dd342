"""Compute slots are given to Lambda before Fargate, then in order of arrival."""

from __future__ import annotations

import asyncio

from local.slots import FARGATE_NEXT, LAMBDA_FIRST, ComputeSlots


def test_lambda_goes_before_fargate_and_the_first_before_the_second() -> None:
    order: list[str] = []

    async def work(slots: ComputeSlots, name: str, priority: int) -> None:
        async with slots.hold(priority):
            order.append(name)
            await asyncio.sleep(0)

    async def run() -> None:
        slots = ComputeSlots(1)
        async with slots.hold(FARGATE_NEXT):
            waiting = [
                asyncio.create_task(work(slots, name, priority))
                for name, priority in (
                    ("task 1", FARGATE_NEXT),
                    ("task 2", FARGATE_NEXT),
                    ("head 1", LAMBDA_FIRST),
                    ("head 2", LAMBDA_FIRST),
                )
            ]
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)

    asyncio.run(run())
    assert order == ["head 1", "head 2", "task 1", "task 2"]


def test_no_more_run_at_once_than_there_are_slots() -> None:
    running = most = 0

    async def work(slots: ComputeSlots) -> None:
        nonlocal running, most
        async with slots.hold(FARGATE_NEXT):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1

    async def run() -> None:
        slots = ComputeSlots(2)
        await asyncio.gather(*(work(slots) for _ in range(9)))

    asyncio.run(run())
    assert most == 2


def test_a_waiting_one_that_gives_up_takes_no_slot_with_it() -> None:
    async def run() -> None:
        slots = ComputeSlots(1)

        async def wait() -> None:
            async with slots.hold(FARGATE_NEXT):
                pass

        async with slots.hold(FARGATE_NEXT):
            waiting = asyncio.create_task(wait())
            await asyncio.sleep(0)
        waiting.cancel()  # it has been given the slot, and has not run yet
        await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(5), slots.hold(FARGATE_NEXT):
            pass

    asyncio.run(run())


def test_what_is_left_over_is_waited_for_and_never_taken() -> None:
    order: list[str] = []

    async def behind(slots: ComputeSlots) -> None:
        await slots.left_over()
        order.append("behind")

    async def encode(slots: ComputeSlots, name: str) -> None:
        async with slots.hold(FARGATE_NEXT):
            order.append(name)

    async def run() -> None:
        slots = ComputeSlots(1)
        async with slots.hold(FARGATE_NEXT):
            waiting = asyncio.create_task(behind(slots))
            await asyncio.sleep(0)
            assert order == []
        async with slots.hold(FARGATE_NEXT):  # the slot was free for no time at all
            await asyncio.sleep(0)
            assert order == []
        await waiting
        await encode(slots, "encode")

    asyncio.run(run())
    assert order == ["behind", "encode"]
