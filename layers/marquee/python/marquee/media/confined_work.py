"""What a confined child does around its work: reads the order, gives up what it does not need, answers."""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from marquee.media.probe_limits import ProbeLimits, Refusal

Work = Callable[[dict[str, Any], ProbeLimits], dict[str, Any]]


def serve(work: Work) -> int:
    """Read an order, give up what it does not need, answer what `work` makes of it, or why it refuses."""
    gc.disable()  # it ends before there is garbage, and the tables of a long film are many objects
    order = json.load(sys.stdin)
    limits = ProbeLimits.from_json(order["limits"])
    confine(limits)
    try:
        answer = work(order, limits)
    except Refusal as refusal:
        answer = {
            "refusal": {
                "code": refusal.code,
                "sentence": refusal.sentence,
                "transient": refusal.transient,
            }
        }
    except MemoryError:
        answer = {"refusal": {"code": "too_complex", "sentence": _TOO_COMPLEX, "transient": False}}
    json.dump(answer, sys.stdout)
    return 0


_TOO_COMPLEX = "Examining the file takes more memory than Marquee gives it."


def confine(limits: ProbeLimits) -> None:
    """Give up every resource the work does not need; for this process, from here on."""
    # Only what the film makes it take counts: libraries are there already, and differ between machines.
    own = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for kind, soft, hard in (
        (resource.RLIMIT_AS, own + limits.memory_bytes, own + limits.memory_bytes),
        # Between the two lies SIGXCPU, which tells the parent why.
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 2),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        most = resource.getrlimit(kind)[1]
        inner = [value if most == resource.RLIM_INFINITY else min(value, most) for value in (soft, hard)]
        resource.setrlimit(kind, (inner[0], inner[1]))


def end(status: int) -> None:
    """An interpreter that tidies up first takes apart a long film's tables one by one."""
    sys.stdout.flush()
    os._exit(status)
