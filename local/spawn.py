"""Processes the local cloud starts: they log to files, come back when they die, and never outlive it.

Three nets hold them. Each child asks the kernel to kill it when we die (PDEATHSIG). Each child leads its
own process group, which is killed with it, so that its own children (ffmpeg) go too. And a warden
(`local.warden`) kills those groups when even we are killed with SIGKILL.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from local.warden import Warden

_PR_SET_PDEATHSIG = 1
# bound here: between fork and exec nothing may be imported or looked up
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Process:
    """A running child that leads its own process group. Made by `spawn`, from the event loop's thread."""

    def __init__(self, popen: subprocess.Popen[bytes], name: str, warden: Warden | None) -> None:
        self.name = name
        self.pid = popen.pid
        self._popen = popen
        self._warden = warden
        self._exited: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        if warden is not None:
            warden.watch(self.pid)
        self._watch_exit()

    def _watch_exit(self) -> None:
        loop = asyncio.get_running_loop()
        if not hasattr(os, "pidfd_open"):
            self._waiting = loop.create_task(self._wait_in_thread())
            return
        pidfd = os.pidfd_open(self.pid)

        def on_exit() -> None:
            loop.remove_reader(pidfd)
            os.close(pidfd)
            self._reap()

        loop.add_reader(pidfd, on_exit)

    async def _wait_in_thread(self) -> None:
        await asyncio.to_thread(os.waitid, os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        self._reap()

    def _reap(self) -> None:
        # before the zombie is collected its number cannot belong to anyone else: kill what it left behind
        self.send_to_group(signal.SIGKILL)
        code = self._popen.wait()
        if self._warden is not None:
            self._warden.forget(self.pid)
        if not self._exited.done():
            self._exited.set_result(code)

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._exited.result() if self._exited.done() else None

    async def wait(self) -> int:
        """Waits for the end; returns the exit code, negative for a signal."""
        return await asyncio.shield(self._exited)

    def send_to_group(self, number: signal.Signals) -> None:
        """Sends a signal to the whole group; a group that is gone already is fine."""
        if not self._exited.done():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to the first process only, which is to end its own children in order."""
        if not self._exited.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def stop(self, *, stop_signal: signal.Signals = signal.SIGTERM, seconds: float = 10.0) -> int:
        """Asks the leader to stop, and kills the group when `seconds` have passed."""
        self.send(stop_signal)
        try:
            return await asyncio.wait_for(self.wait(), seconds)
        except TimeoutError:
            self.send_to_group(signal.SIGKILL)
            return await self.wait()


def _die_with(parent: int) -> Callable[[], None]:
    def in_child() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
            if os.getppid() != parent:  # it died before we could ask
                os._exit(1)

    return in_child


def spawn(
    name: str,
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    log_path: Path,
    warden: Warden | None = None,
    nice: int = 0,
    idle: bool = False,
) -> Process:
    """Starts a child whose output is appended to `log_path`; `nice` lowers its priority, `idle` gives it only the
    time that nobody else wants (Linux).

    Call it in the main thread: PDEATHSIG fires when the *thread* that forked ends.
    """
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("ab", buffering=0) as log:
        popen = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            preexec_fn=_die_with(os.getpid()),
        )
    if idle and sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.sched_setscheduler(popen.pid, os.SCHED_IDLE, os.sched_param(0))
    if nice:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.setpriority(os.PRIO_PGRP, popen.pid, nice)
    return Process(popen, name, warden)
