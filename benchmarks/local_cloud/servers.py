"""The two servers under measurement, each a process of its own, and what the kernel says of them."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ACCESS_KEY, SECRET, REGION = "benchmark", "benchmark", "us-east-1"
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    url: str
    process: subprocess.Popen[str]

    def peak_mib(self) -> float:
        """Greatest resident size since the start."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def _started(*arguments: str) -> Iterator[Server]:
    """The server once it has said where it listens; killed at the end."""
    credentials = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION}
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **credentials},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if found := _ADDRESS.search(line):
                # the peer logs every request: an unread pipe would stop it
                threading.Thread(target=process.stdout.read, daemon=True).start()
                yield Server(found[0], process)
                return
        raise RuntimeError(f"{arguments[1]} ended before it listened")
    finally:
        process.kill()
        process.wait()


@contextmanager
def marquee(root: Path) -> Iterator[Server]:
    with _started("-m", "local.s3", "--root", str(root)) as server:
        yield server


@contextmanager
def moto() -> Iterator[Server]:
    with _started("-m", "moto.server", "-H", "127.0.0.1", "-p", "0") as server:
        yield server
