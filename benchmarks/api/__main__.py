"""`python -m benchmarks api`: k6 browses, searches, watches and signs uploads, on the whole local cloud.

With `--fault` something is sick in the middle third of the run: TMDB (429, 500, garbage, hang), Valkey or the
database (killed again and again). Exit code 1 when own or cached content answered with a 5xx although what it
needs was there, when an answer took longer than 2.5 s while something was sick, or when it did not recover.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.api.faults import FAULTS, Fault
from benchmarks.api.films import WORDS, add_movies
from benchmarks.api.results import PHASES, Answers, read_answers
from benchmarks.people import new_token
from benchmarks.service import MarqueeService

SEARCH_TARGET_MS = 50.0
SICK_LIMIT_MS = 2_500.0
HERE = Path(__file__).resolve().parent


def main() -> int:
    """0 when what was promised was kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks api", description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--scale", type=float, default=1.0, help="times the usual rates (26 calls a second)")
    parser.add_argument("--fault", choices=sorted(FAULTS), default=None)
    arguments = parser.parse_args()
    with MarqueeService() as service, tempfile.TemporaryDirectory(prefix="marquee-k6-") as folder:
        out = Path(folder) / "answers.json"
        fault = FAULTS[arguments.fault] if arguments.fault else None
        began = run(service, arguments.seconds, arguments.scale, fault, out)
        answers = read_answers(out, began, arguments.seconds)
    show(answers)
    return judge(answers, fault)


def run(service: MarqueeService, seconds: int, scale: float, fault: Fault | None, out: Path) -> float:
    """k6 for so long; gives when it began, in Unix seconds."""
    admin, viewer = new_token(service, "admin"), new_token(service)
    movies = add_movies(service)
    service.come_to_rest()
    # ten seconds before it counts: functions start, caches fill, as they are in a service that is used
    k6(service, 10, scale, movies, admin, viewer, Path(os.devnull)).wait(60)
    began = time.time()
    process = k6(service, seconds, scale, movies, admin, viewer, out)
    if fault is not None:
        time.sleep(seconds / len(PHASES))
        with fault(service):
            time.sleep(seconds / len(PHASES))
    if process.wait(seconds + 60) != 0:
        raise SystemExit("k6 did not run to its end.")
    return began


def k6(
    service: MarqueeService, seconds: int, scale: float, movies: list[str], admin: str, viewer: str, out: Path
) -> subprocess.Popen[bytes]:
    variables = {
        "SITE": service.endpoint.site,
        "SECONDS": str(seconds),
        "SCALE": str(scale),
        "MOVIES": ",".join(movies),
        "WORDS": ",".join(WORDS),
        "ADMIN": admin,
        "VIEWER": viewer,
        "PATH": os.environ["PATH"],
    }
    program = Path(sysconfig.get_path("scripts")) / "k6"
    options = ["run", "--quiet", "--no-summary", "--no-usage-report", "--no-color", "--out", f"json={out}"]
    return subprocess.Popen(
        [str(program), *options, str(HERE / "scenarios.js")], env=variables, stdout=sys.stderr, stderr=sys.stderr
    )


def show(answers: Answers) -> None:
    table = Table("call", "answers", "p50 ms", "p95 ms", "longest ms", "5xx", title="by call, over the whole run")
    for name in answers.names():
        found = answers.of(name=name)
        numbers = (found.percentile(0.5), found.percentile(0.95), found.percentile(1))
        table.add_row(name, str(len(found)), *(f"{number:.1f}" for number in numbers), str(found.failures()))
    phases = Table("third", "answers", "p95 ms", "longest ms", "5xx", "searches marked degraded", title="by third")
    for phase in PHASES:
        found = answers.of(phase=phase)
        p95, longest = f"{found.percentile(0.95):.1f}", f"{found.percentile(1):.1f}"
        phases.add_row(phase, str(len(found)), p95, longest, str(found.failures()), f"{answers.degraded(phase):.0%}")
    Console().print(table, phases)


def judge(answers: Answers, fault: Fault | None) -> int:
    """Says what was promised and not kept."""
    broken = []
    if fault is None:
        p95 = answers.of(name="GET /movies/search").percentile(0.95)
        print(f"search p95 {p95:.1f} ms; target {SEARCH_TARGET_MS:.0f} ms on an idle machine")
        broken += ["search is slower than the target"] if p95 > SEARCH_TARGET_MS else []
        broken += ["there were 5xx answers"] if answers.failures() else []
    else:
        sick = answers.of(phase=PHASES[1])
        kept = [name for name in sick.names() if name in fault.still_served]
        broken += [f"{name} failed" for name in kept if sick.of(name=name).failures()]
        broken += ["an answer took over 2.5 s"] if sick.percentile(1) > SICK_LIMIT_MS else []
        broken += ["searches were not marked degraded"] if fault.degrades and not answers.degraded(PHASES[1]) else []
        well = answers.of(phase="recovered")
        broken += ["it did not recover"] if well.failures() or answers.degraded("recovered") else []
    print("promises kept" if not broken else "BROKEN: " + "; ".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
