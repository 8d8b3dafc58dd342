"""`python -m benchmarks encode`: CPU and time of a film's encode, in Marquee and in plain ffmpeg, in the same run.

Rounds alternate, the median counts. Ratios are to (a), one ffmpeg process with a single decode.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

# The workers are imported as the image has them.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers" / "marquee" / "python"))

from benchmarks.encode.film import SIDES, measured_film
from benchmarks.encode.peers import Cost, one_process, process_each
from benchmarks.encode.system import whole_job
from benchmarks.encode.workers import encode_plan, plan_film
from benchmarks.service import MarqueeService

MEDIA_TARGET, WALL_TARGET, FIXED_TARGET = 1.08, 1.25, 6.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks encode", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="length of the film")
    parser.add_argument("--side", type=int, choices=SIDES, default=1080, help="its short side")
    parser.add_argument("--film", type=Path, default=None, help="a film of your own instead")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--media-only", action="store_true", help="leave out the whole system")
    return parser.parse_args()


def _median(costs: list[Cost]) -> Cost:
    return Cost(median(c.cpu_seconds for c in costs), median(c.wall_seconds for c in costs))


def _row(name: str, cost: Cost, base: Cost) -> str:
    cpu, wall = cost.cpu_seconds / base.cpu_seconds, cost.wall_seconds / base.wall_seconds
    return f"{name:<38}{cost.cpu_seconds:>10.1f}{cpu:>8.3f}{cost.wall_seconds:>10.1f}{wall:>8.3f}"


def main() -> int:
    """0 when the targets are met."""
    arguments = _arguments()
    film = (arguments.film or measured_film(arguments.minutes, arguments.side)).resolve()
    plan = plan_film(film)
    names = ", ".join(rendition.name for rendition in plan.renditions)
    print(f"{film.name}: {plan.media.duration_seconds:.0f} s, {names}; {len(plan.shards)} shards")
    runs: dict[str, Callable[[Path], Cost]] = {
        "(a) one ffmpeg process": lambda folder: one_process(plan, film, folder),
        f"(b) {len(plan.renditions)} ffmpeg processes": lambda folder: process_each(plan, film, folder),
        "Marquee: media work": lambda folder: encode_plan(plan, film, folder),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for _ in range(arguments.rounds):
        for name, run in runs.items():
            with tempfile.TemporaryDirectory(prefix="marquee-encode-") as folder:
                costs[name].append(run(Path(folder)))
    medians = {name: _median(found) for name, found in costs.items()}
    base, media = next(iter(medians.values())), list(medians.values())[-1]
    print(f"\n{'':<38}{'CPU s':>10}{'ratio':>8}{'wall s':>10}{'ratio':>8}")
    for name, cost in medians.items():
        print(_row(name, cost, base))
    met = [media.cpu_seconds <= MEDIA_TARGET * base.cpu_seconds]
    if not arguments.media_only:
        met += _measure_system(film, base)
    print("targets met" if all(met) else "targets MISSED")
    return 0 if all(met) else 1


def _measure_system(film: Path, base: Cost) -> list[bool]:
    with MarqueeService() as service:
        found = whole_job(film, service)
    print(_row("Marquee: whole job", found.job, base))
    print(f"\nfixed cost of the job (functions, state machine, storage): {found.fixed:.1f} CPU s")
    print(f"the idle service uses {found.idle_per_second:.2f} CPU s a second (not counted above)")
    return [found.fixed <= FIXED_TARGET, found.job.wall_seconds <= WALL_TARGET * base.wall_seconds]


if __name__ == "__main__":
    raise SystemExit(main())
