"""Runs the local cloud for `marquee up` and `marquee demo`."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local.assembly import AssemblyError
from local.cloud import LocalCloud, Options
from local.database.engine import EngineError
from local.intrinsics import TemplateError
from local.listeners import PortTakenError
from local.processes import ChildError
from local.state import StateInUseError
from local.system import UnknownResourcesError
from local.triggers import TriggerError
from rich.status import Status

from cli.display import console
from cli.endpoint import Endpoint
from cli.own_cloud import OwnCloud

ROOT = Path(__file__).resolve().parent.parent

# Each carries a sentence for the user.
STARTING_ERRORS = (
    AssemblyError,
    ChildError,
    EngineError,
    PortTakenError,
    StateInUseError,
    TemplateError,
    TriggerError,
    UnknownResourcesError,
)

# Is given the API, signed in to it, and what is set when the work shall end.
Work = Callable[[Endpoint, asyncio.Event], Awaitable[int]]


def run_until_stopped(port: int, state: Path, assembly: Path | None = None) -> int:
    """`marquee up`: serve until SIGINT or SIGTERM; the exit code."""
    return run_cloud(port, state, _serve, assembly)


async def _serve(site: Endpoint, stopping: asyncio.Event) -> int:
    del site
    await stopping.wait()
    return 0


def run_cloud(port: int, state: Path, work: Work, assembly: Path | None = None) -> int:
    """Start the local cloud of an assembly, by default `cdk.out`, run `work` in it, stop it.

    A start that fails is told in one sentence.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        return asyncio.run(_run(port, state, work, assembly or ROOT / "cdk.out"))
    except BaseExceptionGroup as group:
        return _tell_start_error(_leaf(group))
    except STARTING_ERRORS as error:
        return _tell_start_error(error)


async def _run(port: int, state: Path, work: Work, assembly: Path) -> int:
    stopping = asyncio.Event()
    own = OwnCloud(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}")
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    with _starting() as status:
        options = Options(
            port=port,
            state_dir=state,
            assembly_dir=assembly,
            progress=lambda step: status.update(f"{step} …"),
            before_serving=own.sign_in,
        )
        cloud = LocalCloud(options)
        await cloud.__aenter__()
    try:
        tell_where(cloud, own)
        return await work(own.endpoint, stopping)
    finally:
        if stopping.is_set():
            console.print("Stopping …")
        await cloud.__aexit__(None, None, None)


@contextmanager
def _starting() -> Iterator[Status]:
    with console.status("Starting Marquee …") as status:
        yield status


def tell_where(cloud: LocalCloud, own: OwnCloud) -> None:
    """Every address a person or a client needs, one a line, whole even in a narrow terminal."""
    rows = {
        "Watch": f"[bold]{cloud.url}[/]",
        "API": f"{cloud.url}/api/v1/health",
        "AWS": f"{cloud.aws_url}  for S3 and other AWS clients",
        "State": f"{cloud.options.state_dir.resolve()}",
    }
    console.print("[green]Marquee is ready.[/] Ctrl-C stops it; nothing is lost.")
    for name, value in rows.items():
        console.print(f"  {name:6} {value}", soft_wrap=True, highlight=False)
    for user in cloud.identity.demo_users:
        console.print(f"  {'User':6} {user.email}  {user.password}", soft_wrap=True, highlight=False, markup=False)
    for client_id, secret in cloud.identity.machine_clients:
        console.print(f"  {'Client':6} {client_id}  {secret}", soft_wrap=True, highlight=False, markup=False)
    console.print(f"  {'CLI':6} {own.state}", soft_wrap=True, highlight=False, markup=False)


def _leaf(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _tell_start_error(error: BaseException) -> int:
    if not isinstance(error, STARTING_ERRORS):
        raise error
    console.print(f"[red]{error}[/]")
    return 1
