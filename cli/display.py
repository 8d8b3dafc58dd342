"""What a person sees while something takes long."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from cli.endpoint import EndpointError, Json
from cli.transfer import Progress as SentBytes

# `:secret:` in an ARN is no emoji
console = Console(stderr=True, emoji=False)  # stdout belongs to results, so that they can be piped
UNBROKEN = 10_000

MARKS = {
    "completed": "[green]✓",
    "failed": "[red]✗",
    "running": "[cyan]▸",
    "skipped": "[dim]–",
    "pending": "[dim]·",
}


def results() -> Console:
    """For what a command was asked for. Into a file or another command no line is broken and nothing shortened."""
    return Console(emoji=False, width=None if sys.stdout.isatty() else UNBROKEN)


def tell_error(error: EndpointError, as_json: bool = False) -> None:
    """One sentence for people; for programs `{"error": {code, message}}` on stdout."""
    if as_json:
        print(json.dumps({"error": {"code": error.code, "message": error.message}}))
    else:
        console.print(f"[red]{escape(error.message)}[/] ({error.code})", soft_wrap=True)


@contextmanager
def upload_bar(film: Path, *, visible: bool = True) -> Iterator[SentBytes]:
    """A bar with speed and time left; yields the function that takes each count of bytes sent."""
    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        TransferSpeedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console, disable=not visible) as progress:
        task = progress.add_task(f"↑ {escape(film.name)}", total=film.stat().st_size)
        yield lambda count: progress.advance(task, count)


class JobBars:
    """One bar for every task of every job that is followed; safe to feed from several threads."""

    def __init__(self, *, visible: bool = True) -> None:
        self._progress = Progress(
            SpinnerColumn(finished_text=" "),
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not visible,
        )
        self._bars: dict[tuple[str, str], TaskID] = {}
        self._playable: set[str] = set()

    def __enter__(self) -> JobBars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, job: Json, watch: str | None = None) -> None:
        """Draw the job's newest state; says once when it has become playable."""
        name = escape(job.get("filename") or job["id"])
        if job["playable"] and job["id"] not in self._playable:
            self._playable.add(job["id"])
            where = f" at {watch}" if watch else ""
            self._progress.console.print(f"[green]{name} is playable[/]{where}", soft_wrap=True)
        self._bar(job["id"], "", f"[bold]{name}[/] {job['status']}", job["progress"])
        for task in job["tasks"]:
            mark = MARKS.get(task["status"], "·")
            done = 1.0 if task["status"] in {"completed", "skipped"} else task["progress"]
            self._bar(job["id"], task["name"], f"  {mark} {task['name']}[/]", done)

    def _bar(self, job_id: str, task: str, description: str, fraction: float) -> None:
        key = (job_id, task)
        if key not in self._bars:
            self._bars[key] = self._progress.add_task(description, total=1.0)
        self._progress.update(self._bars[key], description=description, completed=fraction)
