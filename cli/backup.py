"""`marquee backup` and `marquee restore`: the local cloud's database as one file, and back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.control_plane import LOCAL
from cli.display import console, tell_error
from cli.endpoint import EndpointError
from cli.site import JsonOption, environment_of

DEFAULT_STATE = Path(".marquee")
DATABASE_PORT = 2  # above the site's
NO_DATABASE = "no_database"

app = typer.Typer()

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.", show_default=False)]
WrittenArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="The backup.", show_default=False, exists=True, dir_okay=False)
]
PortOption = Annotated[int, typer.Option("--port", help="The local cloud's, if it runs.")]
StateOption = Annotated[Path, typer.Option("--state", help="The local cloud's state folder.")]
DatabaseOption = Annotated[
    str | None,
    typer.Option("--database", help="Another database: mongodb://… with all that a client needs.", show_default=False),
]


@app.command()
def backup(
    context: typer.Context,
    file: FileArgument,
    port: PortOption = 8080,
    state: StateOption = DEFAULT_STATE,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the whole database into a file: users' places, library, jobs. The films are not in it.

    The local cloud may run or not. In AWS the database backs itself up: docs/runbooks/restore.md.
    """
    from local.backup import write_backup

    _only_here(context, database)
    if database is None and not state.is_dir():
        raise _failure(f"No local cloud has ever run on {state}: name its folder with --state.", NO_DATABASE, as_json)
    _answer(as_json, "backed up", lambda documents: write_backup(documents, file), database, port, state)


@app.command()
def restore(
    context: typer.Context,
    file: WrittenArgument,
    replace: Annotated[bool, typer.Option("--replace", help="Also where it is not empty: what is there goes.")] = False,
    port: PortOption = 8080,
    state: StateOption = DEFAULT_STATE,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the database what a backup holds, and nothing else. Interrupted? The same command again.

    A local cloud that runs meanwhile goes on: jobs that the backup takes for running are finished or begun again
    within a minute.
    """
    from local.backup import restore_backup

    _only_here(context, database)
    _answer(
        as_json,
        "restored",
        lambda documents: restore_backup(documents, file, replace=replace),
        database,
        port,
        state,
    )


def _only_here(context: typer.Context, uri: str | None) -> None:
    """Whoever names an environment in AWS must not be given, or lose, what is on this machine."""
    named = environment_of(context)
    if uri is None and named not in {None, LOCAL}:
        raise typer.BadParameter(f"this is of a local cloud's database; for {named} see docs/runbooks/restore.md")


def _answer(
    as_json: bool, done: str, work: Callable[[Any], dict[str, int]], uri: str | None, port: int, state: Path
) -> None:
    from local.backup import DATABASE, BackupError, connect
    from local.database.engine import EngineError
    from local.processes import ChildError
    from pymongo.errors import PyMongoError, ServerSelectionTimeoutError

    try:
        with _address(uri, port, state) as address, connect(address) as client:
            counts = work(client[DATABASE])
    except ServerSelectionTimeoutError as error:
        # never the address that was named: it may hold a password
        where = "as named" if uri else f"of a cloud on port {port}, and one runs on {state}: name its --port"
        raise _failure(f"No database answers {where}.", NO_DATABASE, as_json) from error
    except (BackupError, ChildError, EngineError, OSError, PyMongoError) as error:
        raise _failure(str(error), _code_of(error), as_json) from error
    if as_json:
        typer.echo(json.dumps({"documents": counts}))
        return
    console.print(f"{sum(counts.values())} documents of {len(counts)} collections are {done}.")


@contextmanager
def _address(uri: str | None, port: int, state: Path) -> Iterator[str]:
    """Of the database that was named, of the cloud that runs on `state`, or of one that is started for this."""
    from local.database import running_database
    from local.state import StateFolder, StateInUseError

    if uri is not None:
        yield uri
        return
    try:
        with StateFolder(state), running_database(state) as own:
            yield own
    except StateInUseError:
        yield os.environ.get("MONGODB_URI", f"mongodb://127.0.0.1:{port + DATABASE_PORT}/")


def _failure(sentence: str, code: str, as_json: bool) -> typer.Exit:
    tell_error(EndpointError(sentence, code=code), as_json)
    return typer.Exit(1)


def _code_of(error: Exception) -> str:
    return {"BackupError": "backup", "EngineError": NO_DATABASE, "ChildError": NO_DATABASE}.get(
        type(error).__name__, "database"
    )
