"""Supervision of the long-running children: start in order, come back when killed, stop in reverse order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.spawn import Process, spawn
from local.warden import Warden

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_STEADY_SECONDS = 20.0  # alive that long: the next death is not part of a crash loop

logger = logging.getLogger(__name__)


class ChildError(Exception):
    """A child ended, or did not become ready, when it was started; says where its log is and how it ends."""


@dataclass(frozen=True, kw_only=True)
class ChildSpec:
    """A supervised process.

    `ready` returns when the child serves and raises while it does not: it is called again, with short pauses,
    for at most `ready_seconds`. `prepare` runs before every start, also restarts (stale lock files). The
    child leads its own process group and session. `env` is the whole environment; None passes on ours.
    """

    name: str
    argv: Sequence[str]
    log_path: Path
    env: Mapping[str, str] | None = None
    cwd: Path = field(default_factory=Path.cwd)
    ready: Callable[[], Awaitable[object]] | None = None
    ready_seconds: float = 60.0
    prepare: Callable[[], Awaitable[object]] | None = None
    restart: bool = True
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0


class _Child:
    def __init__(self, spec: ChildSpec, warden: Warden | None) -> None:
        self.spec = spec
        self.ready = asyncio.Event()
        self.down = asyncio.Event()
        self.restarts = 0
        self.process: Process | None = None
        self._warden = warden
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._launch()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.spec.name}")

    async def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        await self._end()

    async def _launch(self) -> None:
        if self.spec.prepare is not None:
            await self.spec.prepare()
        env = os.environ if self.spec.env is None else self.spec.env
        self.process = spawn(
            self.spec.name,
            self.spec.argv,
            env=env,
            cwd=self.spec.cwd,
            log_path=self.spec.log_path,
            warden=self._warden,
        )
        try:
            await self._become_ready(self.process)
        except BaseException:
            await self._end()
            raise
        self.ready.set()
        self.down.clear()

    async def _become_ready(self, process: Process) -> None:
        if self.spec.ready is None:
            return
        ended = asyncio.ensure_future(process.wait())
        asking = asyncio.create_task(_ask_until_ready(self.spec.ready))
        try:
            await asyncio.wait({ended, asking}, timeout=self.spec.ready_seconds, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done() or ended.done():
                raise ChildError(self._why(process))
        finally:
            ended.cancel()
            asking.cancel()

    def _why(self, process: Process) -> str:
        code = process.exit_code
        what = f"was not ready after {self.spec.ready_seconds:.0f} s" if code is None else f"ended with code {code}"
        return f"{self.spec.name} {what}; {self.spec.log_path} ends with:\n{_tail(self.spec.log_path)}"

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while self.process is not None:
            since = time.monotonic()
            code = await self.process.wait()
            self.ready.clear()
            self.down.set()
            logger.warning("%s ended with code %s", self.spec.name, code)
            if not self.spec.restart:
                return
            if time.monotonic() - since > _STEADY_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            pause = await self._relaunch(pause)

    async def _relaunch(self, pause: float) -> float:
        while True:
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            try:
                self.restarts += 1
                await self._launch()
            except (ChildError, OSError) as error:
                logger.warning("%s", error)
            else:
                logger.info("%s is back", self.spec.name)
                return pause

    async def _end(self) -> None:
        self.ready.clear()
        if self.process is not None and self.process.exit_code is None:
            await self.process.stop(stop_signal=self.spec.stop_signal, seconds=self.spec.stop_seconds)


async def _ask_until_ready(ready: Callable[[], Awaitable[object]]) -> None:
    pause = 0.02
    while True:
        try:
            await ready()
        except Exception as error:  # whatever a client raises while nobody listens yet
            logger.debug("not ready: %r", error)
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.25)
        else:
            return


def _tail(path: Path, lines: int = 15) -> str:
    try:
        with path.open("rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(0, log.tell() - 8192))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


class Supervisor:
    """Keeps named children running. `async with Supervisor() as supervisor: await supervisor.start(spec)`.

    Use it in the main thread's event loop. Leaving the context stops the children, last started first.
    """

    def __init__(self, warden: Warden | None = None) -> None:
        self._own_warden = Warden() if warden is None else None
        self._warden = warden or self._own_warden
        self._children: dict[str, _Child] = {}

    async def start(self, spec: ChildSpec) -> None:
        """Returns when the child is ready; raises ChildError when it ends or does not become ready."""
        if spec.name in self._children:
            raise ValueError(f"a child named {spec.name} runs already")
        child = _Child(spec, self._warden)
        await child.start()
        self._children[spec.name] = child

    def pid(self, name: str) -> int | None:
        """The child's process id; None while it is down."""
        process = self._children[name].process
        return process.pid if process is not None and process.exit_code is None else None

    def restarts(self, name: str) -> int:
        return self._children[name].restarts

    async def wait_ready(self, name: str) -> None:
        """Returns at once unless the child is on its way back."""
        await self._children[name].ready.wait()

    async def wait_down(self, name: str) -> None:
        """Returns when the child's death has been noticed."""
        await self._children[name].down.wait()

    async def stop(self, name: str) -> None:
        """Stops a child for good; one that is not there is fine."""
        child = self._children.pop(name, None)
        if child is not None:
            await child.stop()

    async def close(self) -> None:
        """Stops all children, last started first. Idempotent."""
        for name in reversed(list(self._children)):
            await self.stop(name)
        if self._own_warden is not None:
            self._own_warden.close()
            self._own_warden = None

    async def __aenter__(self) -> Supervisor:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
