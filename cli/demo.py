"""`marquee demo`: everything once, before your eyes."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.markup import escape

from cli.display import JobBars, console, tell_error, upload_bar
from cli.endpoint import Endpoint, EndpointError, Json
from cli.films import BUNNY_CREDIT, FilmError, demo_films
from cli.follow import wait_for_job
from cli.identity import Identity, endpoint_of
from cli.running import run_cloud
from cli.transfer import Transfer, Uploader

Film = tuple[Path, str | None]


def run_demo(films: list[Path], exit_after: bool, port: int, state: Path) -> int:
    """The exit code: 0 when every job has completed (or, without `--exit`, when it was stopped)."""
    try:
        chosen = _choose(films)
    except FilmError as error:
        console.print(f"[red]{error}[/]")
        return 1
    address = f"http://127.0.0.1:{port}"
    if _serves(Endpoint(address)):
        running = endpoint_of(Identity(address))
        console.print(f"A Marquee already runs at {running.site}: the films go there.")
        return _show(running, chosen)

    async def work(site: Endpoint, stopping: asyncio.Event) -> int:
        showing = _in_background(lambda: _show(site, chosen))
        stopped = asyncio.create_task(stopping.wait())
        waiting: set[asyncio.Future[Any]] = {showing, stopped}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if exit_after and showing.done():
            return showing.result()
        if showing.done():
            console.print(f"Watch at [bold]{site.site}[/], or upload a film of your own; Ctrl-C stops.")
        await stopping.wait()
        return 130 if exit_after else 0

    return run_cloud(port, state, work)


def _in_background(work: Callable[[], int]) -> asyncio.Future[int]:
    """Run `work` in a thread that does not hold up the end of the program: Ctrl-C must not wait for a job."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[int] = loop.create_future()

    def run() -> None:
        code = work()
        with contextlib.suppress(RuntimeError):  # the loop has ended before the work
            loop.call_soon_threadsafe(_settle, future, code)

    threading.Thread(target=run, name="demo", daemon=True).start()
    return future


def _settle(future: asyncio.Future[int], code: int) -> None:
    if not future.done():
        future.set_result(code)


def _choose(films: list[Path]) -> list[Film]:
    for film in films:
        if not film.is_file():
            raise FilmError(f"There is no file {film}.")
    if films:
        return [(film, None) for film in films]
    with console.status("Making the demo's films …"):
        chosen: list[Film] = list(demo_films())
    console.print(f"The clip is from {BUNNY_CREDIT}.", style="dim")
    return chosen


def _serves(endpoint: Endpoint) -> bool:
    try:
        endpoint.get("/health")
    except EndpointError as error:
        return error.code != "unreachable" and error.code != "not_marquee"
    return True


def _show(endpoint: Endpoint, films: list[Film]) -> int:
    """Upload the films one after the other, then follow their jobs side by side."""
    try:
        transfers = [_upload(endpoint, film, title) for film, title in films]
        jobs = _follow(endpoint, transfers)
    except EndpointError as error:
        tell_error(error)
        return 1
    for job in jobs:
        _tell_end(endpoint, job)
    return 0 if all(job["status"] == "completed" for job in jobs) else 1


def _upload(endpoint: Endpoint, film: Path, title: str | None) -> Transfer:
    with upload_bar(film) as progress:
        return Uploader(endpoint, warn=console.print).send(film, title=title, progress=progress)


def _follow(endpoint: Endpoint, transfers: list[Transfer]) -> list[Json]:
    with JobBars() as bars, ThreadPoolExecutor(len(transfers)) as pool:

        def follow(transfer: Transfer) -> Json:
            return wait_for_job(endpoint, transfer.job_id, lambda job: bars.show(job, _watch_address(endpoint, job)))

        return list(pool.map(follow, transfers))


def _watch_address(endpoint: Endpoint, job: Json) -> str:
    return f"{endpoint.site}/#/watch/{job['asset_id']}"


def _tell_end(endpoint: Endpoint, job: Json) -> None:
    name = job.get("filename") or job["id"]
    if job["status"] == "completed":
        console.print(f"[green]✓[/] {escape(name)}  watch it at {_watch_address(endpoint, job)}", soft_wrap=True)
    else:
        error = job.get("error") or {"message": f"It was {job['status']}.", "code": job["status"]}
        console.print(f"[red]✗[/] {escape(name)}: {escape(error['message'])} ({error['code']})")
