"""Marquee's media work alone: every order of the plan, two at a time, objects on the disk."""

from __future__ import annotations

import resource
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from marquee.domain import keys
from marquee.domain.media import EncodeOrder, OrderKind, Plan
from marquee.media.commands import Tool
from marquee.media.ffmpeg import find_ffmpeg
from marquee.media.planner import build_plan
from marquee.media.probe import probe
from marquee.services.encode_order import OrderEncoder

from benchmarks.encode.disk import DiskObjects, NoBoard
from benchmarks.encode.peers import Cost

AT_ONCE = 2
JOB, BUCKET = "bench", "media"


def plan_film(film: Path) -> Plan:
    """The plan that Marquee makes of the film."""
    media = probe(str(film), size_bytes=film.stat().st_size)
    return build_plan(JOB, "asset", 1, "uploads", "film", media)


def encode_plan(plan: Plan, film: Path, folder: Path) -> Cost:
    """Do all orders as the state machine would hand them out."""
    store = DiskObjects(folder)
    source = store.path("uploads", "film")
    source.parent.mkdir(parents=True, exist_ok=True)
    source.symlink_to(film)
    store.put(BUCKET, keys.plan_key(JOB), plan.model_dump_json().encode(), content_type="application/json")
    encoder = OrderEncoder(store, NoBoard(), Tool(str(find_ffmpeg())), "benchmark", folder)
    kinds: list[tuple[OrderKind, int]] = [("video", len(plan.shards)), ("audio", len(plan.audio))]
    orders = [
        EncodeOrder(job_id=JOB, media_bucket=BUCKET, kind=kind, index=index)
        for kind, count in kinds
        for index in range(count)
    ]
    cpu, started = _cpu_seconds(), time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(encoder.encode_order, orders))
    return Cost(_cpu_seconds() - cpu, time.monotonic() - started)


def _cpu_seconds() -> float:
    """Of this process and all its children that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
