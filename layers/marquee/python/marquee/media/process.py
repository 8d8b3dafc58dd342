"""The one place that starts encoder processes: confined, watched, and gone when we are.

The child gets an argument list, no shell, no input, a clean process group and its limits. Its outputs are pipes read
here as it writes: nothing grows, and when this process dies the child's next write ends it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import select
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from marquee.domain.errors import TransientError

Sink = Callable[[bytes], None]

PIPE_BYTES = 1 << 20
KEPT_STDERR_BYTES = 8192
STOP_SECONDS = 2.0
CPU_GRACE_SECONDS = 5
_F_SETPIPE_SZ = 1031  # Linux; a larger pipe means fewer turns between the two processes
_PROGRESS = b"out_time_us="


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process may use. `wall_seconds` from its start; `silence_seconds` without a byte from it."""

    cpu_seconds: int
    wall_seconds: float
    silence_seconds: float = 120.0
    address_space_bytes: int = 6 << 30
    file_size_bytes: int = 64 << 20  # of pictures: media goes through pipes


@dataclass(frozen=True, slots=True)
class Exit:
    """How a process ended: `code` as `subprocess` gives it (negative: the signal), and its last words.

    `spent`: it used up its CPU-seconds. FFmpeg catches the signal that says so and ends with a code of its own.
    """

    code: int
    stderr: str
    cpu_seconds: float
    spent: bool = False


@dataclass(slots=True)
class _Output:
    """One pipe from the child and who reads it."""

    read_end: int
    write_end: int
    sink: Sink


class ProgressLines:
    """Reads `-progress` output and tells the media time reached, in seconds."""

    def __init__(self, told: Callable[[float], None]) -> None:
        self._told = told
        self._rest = b""

    def __call__(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            value = line.removeprefix(_PROGRESS)
            if value != line and value.strip().lstrip(b"-").isdigit():
                self._told(int(value) / 1_000_000)


@dataclass(slots=True)
class _Tail:
    """The last bytes of a stream."""

    kept: bytearray = field(default_factory=bytearray)

    def __call__(self, data: bytes) -> None:
        self.kept += data
        del self.kept[:-KEPT_STDERR_BYTES]


def run(
    make_command: Callable[[Sequence[str]], Sequence[str]],
    sinks: Sequence[Sink],
    *,
    folder: Path,
    limits: Limits,
    on_media_time: Callable[[float], None] = lambda _: None,
    environment: Mapping[str, str] | None = None,
) -> Exit:
    """Run one process to its end and feed what it writes to `sinks`, in this thread, as it comes.

    `make_command` gets the names (`pipe:N`) of the sinks' pipes and gives the argument list. Working directory is
    `folder`. Whatever a sink raises, and any exception a signal handler raises here, ends the process first.
    Raises `TransientError` when it outlives its time or says nothing for too long.
    """
    tail = _Tail()
    outputs = [_open(sink) for sink in sinks]
    try:
        command = make_command([f"pipe:{output.write_end}" for output in outputs])
        child = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=dict(environment or {}),
            pass_fds=[output.write_end for output in outputs],
            start_new_session=True,
        )
        try:
            _confine(child.pid, limits)
            for output in outputs:
                os.close(output.write_end)
                output.write_end = -1
            readers: dict[int, Sink] = {output.read_end: output.sink for output in outputs}
            if child.stdout and child.stderr:  # always, with PIPE
                readers[child.stdout.fileno()] = ProgressLines(on_media_time)
                readers[child.stderr.fileno()] = tail
            _read_all(readers, limits)
            code, cpu_seconds = _wait(child)
            spent = code != 0 and cpu_seconds > limits.cpu_seconds - 0.5
            return Exit(code, tail.kept.decode("utf-8", "replace"), cpu_seconds, spent)
        finally:
            _end(child)
    finally:
        for output in outputs:
            _close(output)


def _open(sink: Sink) -> _Output:
    read_end, write_end = os.pipe()
    with contextlib.suppress(OSError):  # a container may allow less; the default works too
        fcntl.fcntl(write_end, _F_SETPIPE_SZ, PIPE_BYTES)
    return _Output(read_end, write_end, sink)


def _close(output: _Output) -> None:
    for end in (output.read_end, output.write_end):
        if end >= 0:
            os.close(end)


def _confine(pid: int, limits: Limits) -> None:
    # From outside: code between fork and exec is not safe in a process with threads.
    values = {
        # SIGXCPU first; SIGKILL for a process that does not listen to it
        resource.RLIMIT_CPU: (limits.cpu_seconds, limits.cpu_seconds + CPU_GRACE_SECONDS),
        resource.RLIMIT_AS: (limits.address_space_bytes, limits.address_space_bytes),
        resource.RLIMIT_FSIZE: (limits.file_size_bytes, limits.file_size_bytes),
        resource.RLIMIT_CORE: (0, 0),
    }
    with contextlib.suppress(ProcessLookupError):  # it has ended already: its exit code says why
        for name, value in values.items():
            resource.prlimit(pid, name, value)


def _read_all(readers: Mapping[int, Sink], limits: Limits) -> None:
    deadline = time.monotonic() + limits.wall_seconds
    with selectors.DefaultSelector() as selector:
        for descriptor, sink in readers.items():
            selector.register(descriptor, selectors.EVENT_READ, sink)
        while selector.get_map():
            left = min(deadline - time.monotonic(), limits.silence_seconds)
            ready = selector.select(left) if left > 0 else []
            if not ready:
                raise TransientError("the encoder did not get on and was stopped", code="encoder_stalled")
            for key, _ in ready:
                data = os.read(key.fd, PIPE_BYTES)
                if data:
                    key.data(data)
                else:
                    selector.unregister(key.fd)


def _wait(child: subprocess.Popen[bytes]) -> tuple[int, float]:
    """Exit code and CPU-seconds of a child that has closed its pipes and so is about to end."""
    descriptor = os.pidfd_open(child.pid)
    try:
        if not select.select([descriptor], [], [], STOP_SECONDS)[0]:
            _signal(child.pid, signal.SIGKILL)
    finally:
        os.close(descriptor)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_utime + usage.ru_stime


def _end(child: subprocess.Popen[bytes]) -> None:
    for stream in (child.stdout, child.stderr):
        if stream is not None:
            stream.close()
    if child.returncode is not None:
        return
    _signal(child.pid, signal.SIGTERM)
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        _signal(child.pid, signal.SIGKILL)
        child.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
