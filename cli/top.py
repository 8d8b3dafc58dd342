"""`marquee top`: what runs, waits and fails just now, drawn anew every few seconds."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cli.display import MARKS, results, tell_error
from cli.endpoint import Endpoint, EndpointError, Json

# By eighths of what is done; what waits is a dot.
LEVELS = "▁▂▃▄▅▆▇█"
WAITING, LEFT_OUT = "·", "…"
MOST_PARTS = 60
MOST_FUNCTIONS = 12
COLORS = {"closed": "green", "half_open": "yellow", "open": "red"}


@dataclass(frozen=True)
class Reading:
    """One answer of the service, and when it came by our clock."""

    found: Json
    seconds: float


def show_top(endpoint: Endpoint, *, every_seconds: float, as_json: bool) -> int:
    """The exit code. Once, where nobody watches or for programs; else until Ctrl-C."""
    try:
        reading = _read(endpoint)
    except EndpointError as error:
        tell_error(error, as_json)
        return 1
    if as_json:
        print(json.dumps(reading.found))
        return 0
    if not sys.stdout.isatty():
        results().print(drawn(reading, None))
        return 0
    _watch(endpoint, reading, every_seconds, results())
    return 0


def _watch(endpoint: Endpoint, first: Reading, every_seconds: float, console: Console) -> None:
    """An API that is away is said below what was last known, and asked again."""
    before, now = first, first
    problem = ""
    with Live(drawn(now, None), console=console, screen=True, auto_refresh=False) as live:
        try:
            while True:
                time.sleep(every_seconds)
                try:
                    before, now, problem = now, _read(endpoint), ""
                except EndpointError as error:
                    problem = error.message
                live.update(drawn(now, before, problem), refresh=True)
        except KeyboardInterrupt:
            return


def _read(endpoint: Endpoint) -> Reading:
    return Reading(endpoint.get("/operations"), time.monotonic())


def drawn(now: Reading, before: Reading | None, problem: str = "") -> RenderableType:
    """The whole picture; rates need the reading `before`."""
    found = now.found
    parts: list[RenderableType] = [_head(found)]
    # above all that may be cut off at the end of the screen
    if problem:
        parts.append(Text(problem, style="red"))
    if found["away"]:
        parts.append(Text(f"Does not answer: {', '.join(found['away'])}", style="yellow"))
    parts += [*(_job(job) for job in found["jobs"]), *_failures(found)]
    parts += [_queues(found["queues"] or []), _breakers(found["breakers"] or []), _functions(now, before)]
    return Group(*parts)


def _head(found: Json) -> Text:
    running, pending = len(found["jobs"]), found["pending"]
    return Text(
        f"Marquee  {found['at'][11:19]}  {running} running, {pending} waiting for their source or turn", style="bold"
    )


def _job(job: Json) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    again = f"  attempt {job['attempt']}" if job["attempt"] > 1 else ""
    playable = "  playable" if job["playable"] else ""
    table.add_row(
        "▶", Text(job["filename"], style="bold"), f"{job['progress']:.0%}", Text(job["id"] + playable + again)
    )
    for task in job["tasks"]:
        mark = Text.from_markup(f"{MARKS.get(task['status'], '·')} {task['name']}[/]")
        shown = f"{task['progress']:.0%}" if task["status"] == "running" else ""
        table.add_row("", mark, shown, _shards(task["parts"]))
    return table


def _shards(parts: list[Json]) -> Text:
    """A sign for each part; of more than fit, those that are not done come first."""
    text = Text()
    count = len(parts)
    if count > MOST_PARTS:
        parts = sorted(sorted(parts, key=lambda part: part["state"] == "done")[:MOST_PARTS], key=lambda p: p["index"])
    for part in parts:
        text.append(*_sign(part))
    if count:
        done = sum(part["state"] == "done" for part in parts)
        text.append(f"  {done if count <= MOST_PARTS else LEFT_OUT}/{count}", style="dim")
    return text


def _sign(part: Json) -> tuple[str, str]:
    if part["state"] == "waiting":
        return WAITING, "dim"
    level = min(len(LEVELS) - 1, int(part["progress"] * len(LEVELS)))
    return LEVELS[level], "green" if part["state"] == "done" else "cyan"


def _failures(found: Json) -> list[Text]:
    return [
        Text(
            f"✗ {(job['finished_at'] or '')[11:19]} {job['filename']} {job['id']}  "
            f"{(job['error'] or {}).get('message', '')}",
            style="red",
        )
        for job in found["failed"]
    ]


def _queues(queues: list[Json]) -> Table:
    table = Table("queue", "waiting", "in flight", "delayed", box=None, header_style="dim")
    for queue in queues:
        bad = queue["name"].endswith("dead letters") and queue["waiting"]
        counts = (str(queue[name]) for name in ("waiting", "in_flight", "delayed"))
        table.add_row(queue["name"], *counts, style="red" if bad else "")
    return table


def _breakers(breakers: list[Json]) -> Text:
    shown = Text("breakers  ", style="dim") if breakers else Text()
    for breaker in breakers:
        shown.append(f"{breaker['name']} {breaker['phase'].replace('_', ' ')}  ", style=COLORS[breaker["phase"]])
    return shown


def _functions(now: Reading, before: Reading | None) -> Table:
    """The busiest; with a reading before, what they did since then."""
    table = Table("function", "runs", "runs/s", "failed", "mean ms", box=None, header_style="dim")
    earlier = _by_name(before)
    for function in (now.found["functions"] or [])[:MOST_FUNCTIONS]:
        since = earlier.get(function["name"], {"runs": 0, "failures": 0, "seconds": 0.0})
        runs = function["runs"] - since["runs"]
        seconds = now.seconds - before.seconds if before else 0.0
        mean = (function["seconds"] - since["seconds"]) / runs * 1000 if runs > 0 else None
        table.add_row(
            function["name"],
            str(function["runs"]),
            f"{runs / seconds:.1f}" if seconds else "",
            str(function["failures"]),
            "" if mean is None else f"{mean:.0f}",
            style="red" if before and function["failures"] > since["failures"] else "",
        )
    return table


def _by_name(reading: Reading | None) -> Mapping[str, Json]:
    return {function["name"]: function for function in (reading.found["functions"] or [])} if reading else {}
