"""Starts the stores that the templates have: Valkey and a database, at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from local.database import choose_database
from local.model import System
from local.processes import ChildSpec, Supervisor
from local.references import Platform
from local.state import StateFolder
from local.valkey import valkey_child


async def start_stores(
    system: System, platform: Platform, state: StateFolder, supervisor: Supervisor, progress: Callable[[str], None]
) -> str:
    """The database's address, "" when nobody uses one. Raises ChildError, EngineError."""
    lines: list[tuple[ChildSpec, ...]] = []  # each in order, all of them at once
    uri = ""
    if system.uses_cache:
        lines.append((valkey_child(state.path, platform.valkey_port),))
        progress("Starting Valkey")
    if system.database_secrets:
        database = choose_database(state.path, platform.database_port)
        uri = database.uri
        lines.append(tuple(database.children))
        progress(f"Starting {database.description}")
    # all have ended, well or not, before one failure is told: none is left half started
    ended = await asyncio.gather(*(_start_in_order(supervisor, line) for line in lines), return_exceptions=True)
    for error in ended:
        if isinstance(error, BaseException):
            raise error
    return uri


async def _start_in_order(supervisor: Supervisor, children: Sequence[ChildSpec]) -> None:
    for child in children:
        await supervisor.start(child)
