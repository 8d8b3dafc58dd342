"""Lambda's data plane: invoke a function by name or ARN, now or as an event."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import asdict, replace
from pathlib import Path

from local.functions.instance import Instance
from local.functions.outcome import (
    MAX_REQUEST_BYTES,
    Invocation,
    Outcome,
    RequestTooLargeError,
    TooManyRequestsError,
    UnknownFunctionError,
)
from local.functions.pool import FunctionPool
from local.functions.published import PublishedFunctions, split_reference
from local.functions.runtime_api import RuntimeApi
from local.model import Function
from local.secrets import with_references
from local.slots import LAMBDA_FIRST, ComputeSlots
from local.warden import Warden

# Lambda tries an event twice again, after one minute and after two more
_EVENT_PAUSES_SECONDS = (60.0, 120.0)

logger = logging.getLogger(__name__)


class LambdaService:
    """Runs what `published` finds; `read_secret(reference)` gives what a reference in an environment stands for.

    Use from the event loop it was started in.
    """

    def __init__(
        self,
        published: PublishedFunctions,
        *,
        log_directory: Path,
        slots: ComputeSlots,
        warden: Warden | None = None,
        read_secret: Callable[[str], str] = str,
        event_pauses_seconds: tuple[float, ...] = _EVENT_PAUSES_SECONDS,
    ) -> None:
        self._api = RuntimeApi()
        self._log_directory = log_directory
        self._slots = slots
        self._behind = ComputeSlots(slots.count)
        self._warden = warden
        self._read_secret = read_secret
        self._event_pauses = event_pauses_seconds
        self._events: set[asyncio.Task[None]] = set()
        self._published = published
        self._closed = False
        self._pools: dict[tuple[str, str], FunctionPool] = {}  # by name and version

    async def start(self) -> None:
        await self._api.start()

    async def close(self) -> None:
        """Ends every process; a call that comes later is refused. Idempotent."""
        self._closed = True
        for task in self._events:
            task.cancel()
        await asyncio.gather(*self._events, return_exceptions=True)
        pools, self._pools = list(self._pools.values()), {}
        await asyncio.gather(*(pool.close() for pool in pools))
        await self._api.close()

    async def invoke(self, function: str, payload: bytes, *, limited: bool = True) -> Outcome:
        """Calls a function and waits for its end.

        `function` is a name, an ARN or either with a qualifier. Raises UnknownFunctionError, TooManyRequestsError
        and, when `limited`, RequestTooLargeError.
        """
        pool = self._pool(function)
        if limited and len(payload) > MAX_REQUEST_BYTES:
            raise RequestTooLargeError(f"{len(payload)} bytes")
        async with self._turn(pool.function):
            outcome = await pool.run(Invocation(payload or b"{}"))
        return replace(outcome, version=split_reference(pool.function.arn)[1])

    @contextlib.asynccontextmanager
    async def _turn(self, function: Function) -> AsyncIterator[None]:
        if not function.heavy:
            yield
            return
        if not function.background:
            async with self._slots.hold(LAMBDA_FIRST):
                yield
            return
        async with self._behind.hold(LAMBDA_FIRST):
            await self._slots.left_over()
            yield

    def invoke_event(self, function: str, payload: bytes) -> None:
        """Calls a function without waiting; a failed call is tried twice again. Raises UnknownFunctionError."""
        self._pool(function)
        task = asyncio.get_running_loop().create_task(self._run_event(function, payload))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    async def warm(self, functions: Iterable[str]) -> None:
        """Starts processes of each, one after the other, so that what is asked for meanwhile goes first.

        One each, and as many as there are slots of those that use them: a film begins with several encodes.
        """
        for function in functions:
            pool = self._pool(function)
            if pool.function.background:
                continue  # nobody waits for it
            if not await pool.warm(self._slots.count if pool.function.heavy else 1):
                logger.warning("%s could not initialise; see %s", function, self._log_path(function))

    def statistics(self) -> dict[str, dict[str, int]]:
        """Counts of each function that was called, whichever version."""
        counts: dict[str, Counter[str]] = {}
        for (name, _), pool in self._pools.items():
            counts.setdefault(name, Counter()).update(asdict(pool.counts))
        return {name: dict(count) for name, count in counts.items()}

    async def _run_event(self, function: str, payload: bytes) -> None:
        for pause in (*self._event_pauses, None):
            with contextlib.suppress(TooManyRequestsError):
                outcome = await self.invoke(function, payload)
                if not outcome.failed:
                    return
                logger.warning("event for %s failed: %s", function, outcome.payload[:500].decode(errors="replace"))
            if pause is not None:
                await asyncio.sleep(pause * random.uniform(0.9, 1.1))  # noqa: S311

    def _pool(self, function: str) -> FunctionPool:
        if self._closed:
            raise UnknownFunctionError(f"Function not found: {function}")
        version, found = self._published.find(function)
        if (found.name, version) not in self._pools:
            self._pools[found.name, version] = FunctionPool(found, self._instance)
        return self._pools[found.name, version]

    def _instance(self, function: Function) -> Instance:
        deployed = {name: with_references(value, self._read_secret) for name, value in function.environment.items()}
        function = replace(function, environment=deployed)
        return Instance(function, self._api, self._log_path(function.name), self._warden)

    def _log_path(self, function: str) -> Path:
        return self._log_directory / f"{split_reference(function)[0]}.log"
