"""A large upload through the whole service by the real command line: the peak memory of every Marquee process."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.service import MarqueeService

UPLOAD_SECONDS = 600


def peak_memory_mib(size_mib: int, folder: Path | None) -> dict[str, float]:
    """Peak resident MiB by process, the three largest of the service and the command line's own."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch, MarqueeService() as service:
        film = Path(scratch) / "large.mp4"
        with film.open("wb") as file:
            file.write(b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2")
            file.truncate(size_mib << 20)  # holes are sent, hashed and stored like any other bytes
        program = str(Path(sys.executable).with_name("marquee"))
        command = [program, "upload", str(film), "--endpoint", service.endpoint.site, "--json"]
        client = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=service.variables)
        peaks: dict[str, float] = {}
        deadline = time.monotonic() + UPLOAD_SECONDS
        while client.poll() is None and time.monotonic() < deadline:
            peaks["marquee upload"] = max(peaks.get("marquee upload", 0.0), _peak_mib(client.pid))
            time.sleep(0.1)
        if client.returncode != 0:
            client.kill()
            raise SystemExit(f"the upload failed ({client.returncode})")
        largest = sorted(((_peak_mib(pid), name) for pid, name in service.named_processes()), reverse=True)[:3]
        return peaks | {name: peak for peak, name in largest}


def _peak_mib(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    words = next((line.split() for line in status.splitlines() if line.startswith("VmHWM:")), ["", "0"])
    return int(words[1]) / 1024
