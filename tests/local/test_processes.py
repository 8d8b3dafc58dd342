"""The supervisor: children come back when killed, stop in order, and never outlive us."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.processes import ChildError, ChildSpec, Supervisor


def _child(tmp_path: Path, code: str, name: str = "child", **options: object) -> ChildSpec:
    return ChildSpec(
        name=name,
        argv=[sys.executable, "-S", "-c", code],
        log_path=tmp_path / f"{name}.log",
        cwd=tmp_path,
        **options,  # type: ignore[arg-type]
    )


_SLEEPER = "import time; open('started', 'a').write('x'); time.sleep(60)"


async def _starts(tmp_path: Path, count: int) -> None:
    text = (tmp_path / "started").read_text() if (tmp_path / "started").exists() else ""
    if len(text) < count:
        raise LookupError(text)


def test_a_killed_child_comes_back(tmp_path: Path) -> None:
    async def run() -> tuple[int | None, int | None, int]:
        seen = 0

        async def ready() -> None:
            await _starts(tmp_path, seen + 1)

        async with Supervisor() as supervisor:
            await supervisor.start(_child(tmp_path, _SLEEPER, ready=ready))
            first = supervisor.pid("child")
            seen = 1
            assert first is not None
            os.kill(first, signal.SIGKILL)
            await supervisor.wait_down("child")
            await supervisor.wait_ready("child")
            return first, supervisor.pid("child"), supervisor.restarts("child")

    first, second, restarts = asyncio.run(asyncio.wait_for(run(), 20))
    assert second not in (None, first)
    assert restarts == 1


def test_a_child_that_ends_at_once_is_reported_with_its_log(tmp_path: Path) -> None:
    async def never() -> None:
        raise ConnectionError

    async def run() -> None:
        async with Supervisor() as supervisor:
            await supervisor.start(_child(tmp_path, "print('no such disk'); raise SystemExit(3)", ready=never))

    with pytest.raises(ChildError, match=r"(?s)code 3.*no such disk"):
        asyncio.run(asyncio.wait_for(run(), 20))


def test_children_stop_in_reverse_order(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n    open('order', 'a').write(sys.argv[1]); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end); open('started', 'a').write('x'); time.sleep(60)\n"
    )

    async def run() -> None:
        async with Supervisor() as supervisor:
            for count, name in enumerate(("a", "b"), 1):
                spec = _child(tmp_path, code, name, ready=lambda count=count: _starts(tmp_path, count))
                await supervisor.start(ChildSpec(**{**spec.__dict__, "argv": [*spec.argv, name]}))

    asyncio.run(asyncio.wait_for(run(), 20))
    assert (tmp_path / "order").read_text() == "ba"


def test_nothing_outlives_a_killed_main_process(tmp_path: Path) -> None:
    grandchild = "import subprocess, sys; p = subprocess.Popen(['sleep', '60']); print(p.pid, flush=True); p.wait()"
    main = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from local.processes import ChildSpec, Supervisor\n"
        "async def run():\n"
        "    supervisor = Supervisor()\n"
        f"    await supervisor.start(ChildSpec(name='c', argv=[sys.executable, '-S', '-c', {grandchild!r}],\n"
        "        log_path=Path('log')))\n"
        "    while len(Path('log').read_text().split()) < 1:\n"
        "        await asyncio.sleep(0.01)\n"
        "    print(supervisor.pid('c'), Path('log').read_text(), flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(run())\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", main],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as process:
        assert process.stdout is not None
        pids = [int(text) for text in process.stdout.readline().split()]
        process.kill()
    assert len(pids) == 2

    deadline = time.monotonic() + 10
    while any(_runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(_runs(pid) for pid in pids)


def _runs(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
