"""One warm process of a function: started, given one call at a time, ended."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from local.functions.outcome import Invocation, Outcome, answered, failure, process_ended, timed_out
from local.functions.runtime_api import RuntimeApi
from local.model import Function
from local.spawn import Process, spawn
from local.warden import Warden

# Lambda gives a function's imports 10 s; a loaded laptop is not Lambda
_INIT_SECONDS = 60.0
_MIB = 1024 * 1024


class Instance:
    """A sandbox. It takes one call at a time; after a crash or a timeout it is `dead` and must be replaced."""

    def __init__(self, function: Function, api: RuntimeApi, log_path: Path, warden: Warden | None) -> None:
        self.arn = function.arn
        self.used = False
        self.idle_since = time.monotonic()
        self._function = function
        self._api = api
        self._log_path = log_path
        self._warden = warden
        self._process: Process | None = None
        self._port = 0
        self._inbox: asyncio.Queue[tuple[Invocation, float] | None] = asyncio.Queue(1)
        self._asked = asyncio.Event()  # it has initialised and asked for work
        self._outcome: asyncio.Future[Outcome] | None = None
        self._current: Invocation | None = None
        self._init_failure: bytes | None = None
        self._started_at = 0.0
        self._init_seconds: float | None = None

    @property
    def dead(self) -> bool:
        return self._process is None or self._process.exit_code is not None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Starts the process; it initialises on its own."""
        self._port = await self._api.open(self)
        self._started_at = time.monotonic()
        environment = {
            **self._function.environment,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._port}",
            "AWS_LAMBDA_LOG_STREAM_NAME": f"{time.strftime('%Y/%m/%d')}/[$LATEST]{self._port}",
        }
        self._process = spawn(
            self._function.name,
            self._function.argv,
            env=environment,
            cwd=self._function.directory,
            log_path=self._log_path,
            warden=self._warden,
            nice=15 if self._function.heavy else 0,  # in AWS they have machines of their own: here they give way
            idle=self._function.background,
        )
        self._limit_memory(self._process.pid)

    def _limit_memory(self, pid: int) -> None:
        """A guard against running away, not Lambda's exact limit.

        Lambda counts resident memory of the whole sandbox. RLIMIT_AS would count address space, which threads and
        shared libraries use up without touching it; RLIMIT_DATA counts private writable memory of one process,
        untouched thread stacks included, hence twice the function's memory.
        """
        if sys.platform == "linux":
            limit = max(2 * self._function.memory_mib, 512) * _MIB
            resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))

    async def initialised(self) -> bool:
        """Waits until it has asked for work; False when it ended instead."""
        if self._process is None:
            return False
        asked = asyncio.ensure_future(self._asked.wait())
        ended = asyncio.ensure_future(self._process.wait())
        either: set[asyncio.Future[Any]] = {asked, ended}
        try:
            await asyncio.wait(either, timeout=_INIT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
            ended.cancel()
        return self._asked.is_set() and not self.dead

    async def run(self, invocation: Invocation) -> Outcome:
        """Gives the process one call and waits for its end, whatever it is."""
        if not await self.initialised():
            return await self._not_initialised(invocation)
        self.used = True
        started = time.monotonic()
        self._current = invocation
        self._outcome = asyncio.get_running_loop().create_future()
        self._inbox.put_nowait((invocation, time.time() + self._function.timeout_seconds))
        try:
            outcome = await self._end_of(invocation, self._outcome)
        finally:
            self._current = self._outcome = None
            self.idle_since = time.monotonic()
        self._report(invocation, time.monotonic() - started, outcome.ended_by_lambda)
        return outcome

    async def _end_of(self, invocation: Invocation, outcome: asyncio.Future[Outcome]) -> Outcome:
        assert self._process is not None  # noqa: S101  (run is only called after start)
        ended = asyncio.ensure_future(self._process.wait())
        either: set[asyncio.Future[Any]] = {outcome, ended}
        try:
            await asyncio.wait(either, timeout=self._function.timeout_seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended.cancel()
        if outcome.done():
            return outcome.result()
        if self._process.exit_code is not None:
            return process_ended(invocation.request_id, self._process.exit_code)
        await self.kill()
        return timed_out(invocation.request_id, self._function.timeout_seconds)

    async def _not_initialised(self, invocation: Invocation) -> Outcome:
        process = self._process
        code = process.exit_code if process is not None else None
        await self.kill()
        if self._init_failure is not None:
            return Outcome(self._init_failure, failed=True)
        if code is None:
            return failure("Sandbox.Timedout", f"RequestId: {invocation.request_id} Error: init timed out")
        return process_ended(invocation.request_id, code)

    async def kill(self) -> None:
        """Ends the process and everything it started."""
        if self._inbox.empty():
            self._inbox.put_nowait(None)
        if self._process is not None:
            self._process.send_to_group(signal.SIGKILL)  # a sandbox is not told before it is thrown away
            await self._process.wait()
        await self._api.close_port(self._port)

    def _report(self, invocation: Invocation, seconds: float, ended: str) -> None:
        """The line that Lambda writes after each call; cold starts show their init. Before it why the process was
        `ended`, if it was."""
        line = (
            f"REPORT RequestId: {invocation.request_id}\tDuration: {seconds * 1000:.2f} ms\t"
            f"Memory Size: {self._function.memory_mib} MB\tMax Memory Used: {self._peak_mib()} MB"
        )
        if self._init_seconds is not None:
            line += f"\tInit Duration: {self._init_seconds * 1000:.2f} ms"
            self._init_seconds = None
        with self._log_path.open("ab", buffering=0) as log:
            log.write(f"{ended}\n{line}\n".lstrip().encode())

    def _peak_mib(self) -> int:
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
            return int(status.split("VmHWM:", 1)[1].split(None, 1)[0]) // 1024
        except (OSError, IndexError, ValueError):
            return 0

    # the process' side: called by the Runtime API

    async def next_invocation(self) -> tuple[Invocation, float] | None:
        if not self._asked.is_set():
            self._init_seconds = time.monotonic() - self._started_at
            self._asked.set()
        return await self._inbox.get()

    def answer(self, request_id: str, body: bytes) -> None:
        self._finish(request_id, answered(body))

    def fail(self, request_id: str | None, body: bytes) -> None:
        if request_id is None:
            self._init_failure = body
        else:
            self._finish(request_id, Outcome(body, failed=True))

    def _finish(self, request_id: str, outcome: Outcome) -> None:
        # a late answer to a call that has timed out belongs to nobody
        if self._outcome is None or self._outcome.done():
            return
        if self._current is not None and self._current.request_id == request_id:
            self._outcome.set_result(outcome)
