"""`python -m benchmarks enrich`: the shares of images, captions and analysis in a whole job's CPU.

A spoken film goes through the whole service. What an enricher costs is what its processes use: their start, waiting
and storage included. Captions and analysis share a worker: analysis is what it reports, captions are all the rest.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What `encode` measures with is imported as its image has it.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers" / "marquee" / "python"))

from benchmarks.encode.system import media_bucket, storage, whole_job
from benchmarks.enrich.film import spoken_film
from benchmarks.service import MarqueeService

TARGETS = {"images": 0.02, "analysis": 0.15, "captions": 0.20}
SIDES = (1080, 720, 480, 360)
IMAGES, ENRICHERS = "images.handler", "enrich_worker.function"


@dataclass(frozen=True)
class Shares:
    """CPU-seconds of the whole job and of each enricher in it; `words` and `shots` that were found."""

    job: float
    parts: dict[str, float]
    words: int
    shots: int


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks enrich", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="length of the film")
    parser.add_argument("--side", type=int, choices=SIDES, default=720, help="its short side")
    parser.add_argument("--film", type=Path, default=None, help="a film of your own instead")
    return parser.parse_args()


def measure(film: Path) -> Shares:
    """One job of the film in a service of its own."""
    with MarqueeService() as service:
        service.come_to_rest()
        before = {words: service.cpu_of(words) for words in (IMAGES, ENRICHERS)}
        cost = whole_job(film, service, enriched=True)
        used = {words: service.cpu_of(words) - before[words] for words in before}
        analysis, transcript = _read(service, "analysis.json"), _read(service, "transcript.json")
    seen = float(analysis.get("cpu_seconds", 0.0))
    parts = {"images": used[IMAGES], "analysis": seen, "captions": used[ENRICHERS] - seen}
    return Shares(cost.job.cpu_seconds, parts, len(transcript.get("words", ())), len(analysis.get("shots", ())))


def _read(service: MarqueeService, name: str) -> dict[str, Any]:
    """A published object of the one film there is; empty when it was not made."""
    s3 = storage(service)
    bucket = media_bucket(s3)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="media/")
    keys = [found["Key"] for page in pages for found in page.get("Contents", ()) if found["Key"].endswith(f"/{name}")]
    return dict(json.loads(s3.get_object(Bucket=bucket, Key=keys[0])["Body"].read())) if keys else {}


def main() -> int:
    """0 when the targets are met."""
    arguments = _arguments()
    film = (arguments.film or spoken_film(arguments.minutes, arguments.side)).resolve()
    found = measure(film)
    print(f"{film.name}: {found.words} words, {found.shots} shots; the job took {found.job:.1f} CPU s\n")
    print(f"{'':<12}{'CPU s':>10}{'share':>9}{'target':>9}")
    for name, cpu in found.parts.items():
        print(f"{name:<12}{cpu:>10.1f}{cpu / found.job:>9.1%}{TARGETS[name]:>9.0%}")
    met = all(cpu <= TARGETS[name] * found.job for name, cpu in found.parts.items()) and found.words and found.shots
    print("\ntargets met" if met else "\ntargets MISSED")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
