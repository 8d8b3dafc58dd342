"""`python -m benchmarks [NAME …]`: lists the measurements, or runs one."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

SUPPORTING = {"__init__", "__main__", "service", "films", "ports", "people"}


def main() -> None:
    folder = Path(__file__).parent
    names = sorted({entry.stem for entry in folder.iterdir() if not entry.name.startswith((".", "_"))} - SUPPORTING)
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        print("Measurements (each: python -m benchmarks NAME --help):", *names, sep="\n  ")
        raise SystemExit(2 if len(sys.argv) > 1 else 0)
    name = sys.argv[1]
    sys.argv = [f"benchmarks {name}", *sys.argv[2:]]
    runpy.run_module(f"benchmarks.{name}", run_name="__main__", alter_sys=True)


main()
