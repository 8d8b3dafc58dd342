"""Processes are confined, watched and gone when they should be. Python stands for ffmpeg: the runner knows neither."""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from marquee.domain.errors import InterruptedWork, TransientError
from marquee.media.process import Exit, Limits, ProgressLines, Sink, run

LIMITS = Limits(cpu_seconds=20, wall_seconds=20.0)


def run_python(
    code: str,
    sinks: Sequence[Sink] = (),
    *,
    folder: Path,
    limits: Limits = LIMITS,
    told: Callable[[float], None] = lambda _: None,
) -> Exit:
    """Run `code` with the sinks' descriptors in `pipes`."""

    def command(pipes: Sequence[str]) -> list[str]:
        numbers = [int(pipe.removeprefix("pipe:")) for pipe in pipes]
        return [sys.executable, "-c", f"import os, sys, time\npipes = {numbers}\n{code}"]

    return run(command, sinks, folder=folder, limits=limits, on_media_time=told)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_each_sink_gets_the_bytes_of_its_own_pipe(tmp_path: Path) -> None:
    first, second = bytearray(), bytearray()
    sinks: list[Sink] = [first.extend, second.extend]
    code = "open(pipes[0], 'wb').write(b'a' * 3_000_000); open(pipes[1], 'wb').write(b'b')"
    assert run_python(code, sinks, folder=tmp_path).code == 0
    assert (bytes(first), bytes(second)) == (b"a" * 3_000_000, b"b")


def test_tells_exit_code_last_words_and_cpu(tmp_path: Path) -> None:
    code = "t = time.process_time()\nwhile time.process_time() < t + 0.2: pass\nsys.exit('it broke')"
    ended = run_python(code, folder=tmp_path)
    assert ended.code == 1
    assert ended.stderr.strip() == "it broke"
    assert ended.cpu_seconds >= 0.2


def test_only_the_end_of_long_complaints_is_kept(tmp_path: Path) -> None:
    ended = run_python("sys.stderr.write('x' * 100_000 + 'end')", folder=tmp_path)
    assert ended.stderr.endswith("xend")
    assert len(ended.stderr) < 10_000


def test_progress_is_told_as_media_time(tmp_path: Path) -> None:
    told: list[float] = []
    code = "print('frame=3\\nout_time_us=1500000\\nprogress=continue\\nout_time_us=N/A\\nout_time_us=2000000')"
    run_python(code, folder=tmp_path, told=told.append)
    assert told == [1.5, 2.0]


def test_progress_lines_may_come_in_pieces() -> None:
    told: list[float] = []
    lines = ProgressLines(told.append)
    for piece in (b"out_ti", b"me_us=25", b"0000\nout_time_us=", b"500000\n"):
        lines(piece)
    assert told == [0.25, 0.5]


def test_the_child_has_no_input_no_environment_and_its_own_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    found = bytearray()
    code = (
        "open(pipes[0], 'w').write(repr((sys.stdin.read(), 'AWS_SECRET_ACCESS_KEY' in os.environ, "
        "os.getpgid(0) == os.getpid(), os.getcwd())))"
    )
    run_python(code, [found.extend], folder=tmp_path)
    assert found.decode() == repr(("", False, True, str(tmp_path)))


def test_the_child_is_held_to_its_limits(tmp_path: Path) -> None:
    found = bytearray()
    limits = Limits(cpu_seconds=7, wall_seconds=20.0, address_space_bytes=1 << 30, file_size_bytes=4096)
    # The limits are set from outside just after the start.
    code = (
        "import resource as r\n"
        "while r.getrlimit(r.RLIMIT_CORE)[0] != 0 or r.getrlimit(r.RLIMIT_CPU)[0] != 7: pass\n"
        "open(pipes[0], 'w').write(repr([r.getrlimit(n)[0] for n in (r.RLIMIT_CPU, r.RLIMIT_AS, r.RLIMIT_FSIZE)]))"
    )
    run_python(code, [found.extend], folder=tmp_path, limits=limits)
    assert found.decode() == repr([7, 1 << 30, 4096])


def test_too_much_computing_ends_it_by_signal(tmp_path: Path) -> None:
    limits = Limits(cpu_seconds=1, wall_seconds=30.0)
    ended = run_python("while True: pass", folder=tmp_path, limits=limits)
    assert (ended.code, ended.spent) == (-signal.SIGXCPU, True)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(cpu_seconds=20, wall_seconds=0.5),
        Limits(cpu_seconds=20, wall_seconds=20.0, silence_seconds=0.5),
    ],
    ids=["too long", "silent"],
)
def test_a_process_that_does_not_get_on_is_ended(limits: Limits, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = f"open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with pytest.raises(TransientError) as caught:
        run_python(code, folder=tmp_path, limits=limits)
    assert caught.value.code == "encoder_stalled"
    assert not note.exists() or is_gone(int(note.read_text()))


def test_what_a_sink_raises_ends_the_process_first(tmp_path: Path) -> None:
    pids: list[int] = []

    def refuse(data: bytes) -> None:
        pids.append(int(data))
        raise ValueError("enough")

    code = "f = open(pipes[0], 'w'); f.write(str(os.getpid())); f.flush(); time.sleep(60)"
    with pytest.raises(ValueError, match="enough"):
        run_python(code, [refuse], folder=tmp_path)
    assert is_gone(pids[0])


def test_a_process_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    pids: list[int] = []

    def refuse(data: bytes) -> None:
        pids.append(int(data))
        raise ValueError("enough")

    code = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGPIPE, signal.SIG_IGN)\n"
        "f = open(pipes[0], 'w'); f.write(str(os.getpid())); f.flush(); time.sleep(60)"
    )
    with pytest.raises(ValueError, match="enough"):
        run_python(code, [refuse], folder=tmp_path)
    assert is_gone(pids[0])


def test_a_signal_to_the_worker_ends_the_process(tmp_path: Path) -> None:
    def interrupt(number: int, frame: object) -> None:
        raise InterruptedWork("stop")

    pids: list[int] = []

    def started(data: bytes) -> None:
        pids.append(int(data))
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1)).start()

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(InterruptedWork):
            run_python(
                "f = open(pipes[0], 'w'); f.write(str(os.getpid())); f.flush(); time.sleep(60)",
                [started],
                folder=tmp_path,
            )
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert is_gone(pids[0])


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = sorted(Path("/proc/self/fd").iterdir())
    for _ in range(3):
        run_python("pass", [lambda _: None, lambda _: None], folder=tmp_path)
    assert sorted(Path("/proc/self/fd").iterdir()) == before
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY
