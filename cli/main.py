"""`marquee`: run Marquee here, upload films, follow jobs. Each command's work is in the module of its name."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.markup import escape
from rich.table import Column, Table

from cli.backup import app as backups
from cli.cost import app as costs
from cli.display import results, tell_error
from cli.endpoint import DEFAULT_SITE, Endpoint, EndpointError
from cli.operations import app as operations
from cli.repairs import app as repairs
from cli.site import EndpointOption, EnvironmentOption, JsonOption
from cli.tracks import app as tracks

app = typer.Typer(
    name="marquee",
    help="A video-on-demand service of your own: on AWS, and whole on this machine.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

app.add_typer(tracks, name="tracks")
app.add_typer(operations)
app.add_typer(repairs)
app.add_typer(costs)
app.add_typer(backups)

PortOption = Annotated[
    int, typer.Option("--port", min=1024, max=65532, help="The site's port; the three above are used too.")
]
StateOption = Annotated[Path, typer.Option("--state", help="The folder that holds everything: films, library, logs.")]

Answered = TypeVar("Answered")

DEFAULT_STATE = Path(".marquee")


@app.callback()
def of_environment(environment: EnvironmentOption = None) -> None:
    """Where the command goes: `marquee --env dev upload film.mp4`."""


@app.command()
def up(
    port: PortOption = 8080,
    state: StateOption = DEFAULT_STATE,
    assembly: Annotated[
        Path | None, typer.Option(help="The synthesized app, if not cdk.out.", show_default=False)
    ] = None,
) -> None:
    """Run the local cloud in the foreground until Ctrl-C, with this machine's commands signed in to it.

    It loads the synthesized app (`make synth`) and runs it: the same functions, state machine, queues and routes that
    `cdk deploy` ships. Everything it holds is in the state folder and is there again next time.
    """
    from cli.running import run_until_stopped

    raise typer.Exit(run_until_stopped(port, state, assembly))


@app.command()
def demo(
    films: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILM]…", help="Films of yours.", show_default=False)
    ] = None,
    exit_after: Annotated[bool, typer.Option("--exit", help="End when the jobs have; the exit code tells.")] = False,
    port: PortOption = 8080,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Start everything, upload films, show every task live, and say where to watch.

    Without FILM it makes a half-minute film that speaks, and takes a clip of Big Buck Bunny. When a local cloud
    already runs on the port, the films go there.
    """
    from cli.demo import run_demo

    raise typer.Exit(run_demo(films or [], exit_after, port, state))


@app.command()
def upload(
    film: Annotated[Path, typer.Argument(metavar="FILE", help="The film to upload.")],
    endpoint: EndpointOption = DEFAULT_SITE,
    environment: EnvironmentOption = None,
    title: Annotated[str | None, typer.Option(help="Its name in the library; the file's name if left out.")] = None,
    visibility: Annotated[
        str | None, typer.Option(help="Who may watch: public, signed_in or premium; the site's own rule if left out.")
    ] = None,
    captions: Annotated[
        bool | None,
        typer.Option("--captions/--no-captions", help="Whether captions are made; the site's own rule if left out."),
    ] = None,
    analysis: Annotated[
        bool | None,
        typer.Option("--analysis/--no-analysis", help="Whether it is looked at; the site's own rule if left out."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Follow the job until it has ended.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Upload a film in parallel parts, each with its checksum.

    Interrupted? The same command goes on with the parts that are missing. Exit code 0: accepted, or with --wait
    completed; 1: failed.
    """
    del environment
    from cli.upload import Described, upload_film

    described = Described(title=title, visibility=visibility, captions=captions, analysis=analysis)
    raise typer.Exit(upload_film(_site(endpoint), film, described, wait=wait, as_json=as_json))


@app.command()
def jobs(
    endpoint: EndpointOption = DEFAULT_SITE,
    environment: EnvironmentOption = None,
    status: Annotated[str | None, typer.Option(help="Only pending, running, completed, failed or canceled.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="At most so many, newest first.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """List the newest jobs."""
    del environment
    query = {"limit": str(limit)} | ({"status": status} if status else {})
    found = _answer(lambda: _site(endpoint).get("/jobs", **query)["items"], as_json)
    if as_json:
        typer.echo(json.dumps(found))
        return
    table = Table(Column("job", no_wrap=True), "film", "status", "progress", "error")
    for job in found:
        error = job["error"]["message"] if job.get("error") else ""
        film = escape(job.get("filename", ""))
        table.add_row(job["id"], film, job["status"], f"{job['progress']:.0%}", escape(error))
    results().print(table)


@app.command()
def top(
    endpoint: EndpointOption = DEFAULT_SITE,
    environment: EnvironmentOption = None,
    every_seconds: Annotated[float, typer.Option("--every", min=0.5, max=60, help="Seconds between two looks.")] = 2.0,
    as_json: JsonOption = False,
) -> None:
    """Watch what runs: every shard of running jobs, queues, functions and breakers, live. For administrators.

    Ctrl-C ends it. Into a pipe, or with --json, it looks once.
    """
    del environment
    from cli.top import show_top

    raise typer.Exit(show_top(_site(endpoint), every_seconds=every_seconds, as_json=as_json))


@app.command()
def sign(
    asset_id: Annotated[str, typer.Argument(help="The asset to play.")],
    endpoint: EndpointOption = DEFAULT_SITE,
    environment: EnvironmentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a playback session: the playlist's address, and the cookies that open it and all it names.

    Signed in, for what you may watch; else for what everybody may.
    """
    del environment
    from cli.sign import open_session

    raise typer.Exit(open_session(endpoint, asset_id, as_json))


@app.command()
def login(
    endpoint: EndpointOption = DEFAULT_SITE,
    environment: EnvironmentOption = None,
    username: Annotated[str | None, typer.Option(envvar="MARQUEE_USERNAME", help="Your e-mail address.")] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from a pipe.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Sign in; the other commands then act for you until `logout`.

    In a program: --username and --password-stdin, or MARQUEE_USERNAME and MARQUEE_PASSWORD. A local cloud's demo
    users stand where `marquee up` says where it runs.
    """
    del environment
    from cli.account import login as sign_in

    raise typer.Exit(sign_in(endpoint, username, os.environ.get("MARQUEE_PASSWORD"), password_stdin, as_json))


@app.command()
def logout(
    endpoint: EndpointOption = DEFAULT_SITE, environment: EnvironmentOption = None, as_json: JsonOption = False
) -> None:
    """Sign out, here and at the site."""
    del environment
    from cli.account import logout as sign_out

    raise typer.Exit(sign_out(endpoint, as_json))


@app.command()
def whoami(
    endpoint: EndpointOption = DEFAULT_SITE, environment: EnvironmentOption = None, as_json: JsonOption = False
) -> None:
    """Say who is signed in; exit code 1: nobody."""
    del environment
    from cli.account import whoami as show

    raise typer.Exit(show(endpoint, as_json))


@app.command()
def token(endpoint: EndpointOption = DEFAULT_SITE, environment: EnvironmentOption = None) -> None:
    """Print an access token, good for a minute at least, for other programs: `Authorization: Bearer …`."""
    del environment
    from cli.account import print_token

    raise typer.Exit(print_token(endpoint))


@app.command()
def doctor(
    endpoint: EndpointOption = DEFAULT_SITE,
    as_json: JsonOption = False,
) -> None:
    """Check that this machine has what Marquee needs, and say how to get what is missing."""
    from cli.doctor import examine

    raise typer.Exit(examine(Endpoint(endpoint), as_json=as_json))


def _site(address: str) -> Endpoint:
    """The site as whoever is signed in there."""
    from cli.identity import Identity, endpoint_of

    return endpoint_of(Identity(address))


def _answer(call: Callable[[], Answered], as_json: bool) -> Answered:
    """The call's answer; a refusal is told and ends the command with 1."""
    try:
        return call()
    except EndpointError as error:
        tell_error(error, as_json)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app()
