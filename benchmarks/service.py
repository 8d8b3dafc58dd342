"""A Marquee of its own for a measurement: fresh state, free ports, and the CPU that its processes used."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

from benchmarks.ports import free_ports
from cli.endpoint import EndpointError
from cli.identity import Identity, endpoint_of
from cli.tokens import KeptTokens

START_SECONDS = 180
REST_WINDOW_SECONDS = 4
REST_WINDOWS = 60
REST_CPU_A_SECOND = 0.03
TICKS = os.sysconf("SC_CLK_TCK")
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                  "--disable-background-networking", "--disable-component-update",
                  "--autoplay-policy=no-user-gesture-required"]  # fmt: skip


class MarqueeService:
    """`with MarqueeService() as service:` runs `marquee up` on a state folder that is removed afterwards.

    `endpoint` calls as the administrator whom `marquee up` signs in; `variables` let a command line do so, too.
    `assembly`: what is run from the next start on; None: `cdk.out`.
    """

    def __init__(self, assembly: Path | None = None) -> None:
        self.assembly = assembly

    def __enter__(self) -> MarqueeService:
        self._folder = Path(tempfile.mkdtemp(prefix="marquee-bench-"))
        self.state = self._folder / "state"
        self.log = self._folder / "up.log"
        self._port = free_ports()
        site = f"http://127.0.0.1:{self._port}"
        self.variables = {**os.environ, "MARQUEE_CLI_STATE": str(self._folder / "cli")}
        self._identity = Identity(site, KeptTokens(self._folder / "cli"))
        self.endpoint = endpoint_of(self._identity)
        self.aws_url = f"http://127.0.0.1:{self._port + 1}"
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, again if it was killed, on the same state and ports; returns when it is healthy."""
        command = [str(Path(sys.executable).with_name("marquee")), "up", "--port", str(self._port)]
        chosen = ["--assembly", str(self.assembly)] if self.assembly else []
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--state", str(self.state), *chosen],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.variables,
            )
        self._await_health()

    def stop(self) -> None:
        """End it as Ctrl-C would; `start` goes on from there."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """`kill -9` of its main process, as a crash would."""
        self._descendants = [pid for pid in _tree(self._process.pid) if pid != self._process.pid]
        self._process.kill()
        self._process.wait()

    def orphans(self, within_seconds: float) -> list[str]:
        """The children that still live so long after the kill."""
        deadline = time.monotonic() + within_seconds
        while time.monotonic() < deadline and any(_alive(pid) for pid in self._descendants):
            time.sleep(0.1)
        return [_command(pid) for pid in self._descendants if _alive(pid)]

    def token(self) -> str | None:
        """The administrator's access token; None before there is one."""
        return self._identity.token()

    def _await_health(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                self.endpoint.get("/health")
                if self.token() is not None:
                    return
            except EndpointError:
                pass
            time.sleep(0.3)
        raise SystemExit(f"Marquee did not start:\n{self.log.read_text()[-2000:]}")

    def processes(self, words: str) -> list[int]:
        """Its living processes whose command line holds `words`; nobody else's."""
        return [pid for pid in _tree(self._process.pid) if words in _command_line(pid)]

    def cpu_of(self, words: str) -> float:
        """CPU seconds used so far by its living processes whose command line holds `words`, and their children."""
        return sum(_cpu_ticks(pid) for pid in self.processes(words)) / TICKS

    def come_to_rest(self) -> float:
        """Wait until nothing is left of its start (warming functions) or of work that was stopped.

        Gives the CPU seconds that it uses a second at rest.
        """
        for _ in range(REST_WINDOWS):
            before = self.cpu_seconds()
            time.sleep(REST_WINDOW_SECONDS)  # not waiting for anything: this is the measurement
            idle = (self.cpu_seconds() - before) / REST_WINDOW_SECONDS
            if 0 <= idle < REST_CPU_A_SECOND:  # a process that ended takes its own away
                return idle
        raise SystemExit("The service does not come to rest.")

    def named_processes(self) -> list[tuple[int, str]]:
        """Its living processes, each with the start of its command line."""
        return [(pid, f"{_command(pid)} ({pid})") for pid in _tree(self._process.pid)]

    def cpu_seconds(self) -> float:
        """CPU used so far by every process of the service, those that have ended included."""
        return sum(_cpu_ticks(pid) for pid in _tree(self._process.pid)) / TICKS


def _tree(root: int) -> list[int]:
    """The process and its living descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting.extend(children.get(pid, ()))
    return found


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the state on (the command may hold spaces)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _alive(pid: int) -> bool:
    fields = _stat(pid)
    return fields is not None and fields[0] != "Z"


def _cpu_ticks(pid: int) -> int:
    fields = _stat(pid)
    # utime, stime and those of the children that were waited for
    return sum(int(field) for field in fields[11:15]) if fields else 0


def _command(pid: int) -> str:
    """The start of its command line, without folders."""
    return " ".join(Path(word).name for word in _command_line(pid).split()[:4]) or "?"


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
