"""Commands of those who deploy and run a Marquee. Each command's work is in the module of its name."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from cli.display import results, tell_error
from cli.endpoint import DEFAULT_SITE, EndpointError
from cli.site import EndpointOption, EnvironmentOption, JsonOption, environment_of

app = typer.Typer()


@app.command()
def smoke(
    environment: EnvironmentOption = None,
    endpoint: EndpointOption = DEFAULT_SITE,
    within: Annotated[float, typer.Option(min=1, help="Seconds that the film may take to be encoded.")] = 600,
    as_json: JsonOption = False,
) -> None:
    """Prove that a Marquee works: upload a film of two seconds, play it, delete it. Run after each deployment.

    Exit code 0: it works. It acts as who is signed in there (`marquee login`), an administrator.
    """
    del environment  # `endpoint` is its site
    from cli.smoke import run_smoke

    raise typer.Exit(run_smoke(endpoint, within, as_json))


@app.command()
def logs(
    context: typer.Context,
    about: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="Of a job, asset, upload, request or trace.", show_default=False),
    ] = None,
    level: Annotated[str | None, typer.Option(help="DEBUG, INFO, WARNING, ERROR: that and worse.")] = None,
    since: Annotated[str, typer.Option(help="How far back to look: 90m, 3h, 2d.")] = "1d",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many lines of each 50 functions.")] = 1000,
    query: Annotated[
        str | None, typer.Option(help="A query of CloudWatch Logs Insights instead.", show_default=False)
    ] = None,
    print_query: Annotated[bool, typer.Option("--print-query", help="Print the query, and ask nothing.")] = False,
    environment: EnvironmentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find log lines by what they are about: all that was done for an upload, on whichever machine.

    The same query runs over the local cloud's logs and, with --env, over CloudWatch's.

    marquee logs job_01jd…
    marquee logs --level ERROR --since 3h
    marquee logs upl_01jd… --json | jq -r .[].message
    marquee logs --query 'fields @timestamp, message | filter service = "encode" | limit 20'
    """
    from cli.control_plane import LOCAL, ControlPlane
    from cli.logs import query_for, seconds_of, show_logs

    try:
        asked = query or query_for(about, level, limit)
        seconds = seconds_of(since)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if print_query:
        typer.echo(asked)
        return
    del environment
    raise typer.Exit(show_logs(ControlPlane(environment_of(context) or LOCAL), asked, seconds, as_json=as_json))


@app.command()
def outputs(context: typer.Context, environment: EnvironmentOption = None, as_json: JsonOption = False) -> None:
    """Print what an environment's stacks say of themselves: addresses, buckets, queues, state machines."""
    del environment
    from cli.control_plane import LOCAL, ControlPlane

    try:
        found = ControlPlane(environment_of(context) or LOCAL).outputs()
    except EndpointError as error:
        tell_error(error, as_json)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps(found))
        return
    table = Table("stack", "output", Column("value", overflow="fold"))
    for stack, values in sorted(found.items()):
        for name, value in sorted(values.items()):
            table.add_row(stack, name, escape(value))
    results().print(table)


@app.command()
def versions(context: typer.Context, environment: EnvironmentOption = None, as_json: JsonOption = False) -> None:
    """List what was released: the live version of every function and state machine that has one, and those before."""
    del environment
    from cli.control_plane import LOCAL, ControlPlane
    from cli.releases import show_versions

    raise typer.Exit(show_versions(ControlPlane(environment_of(context) or LOCAL), as_json))


@app.command()
def rollback(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="As in `marquee versions`.", show_default=False)
    ] = None,
    environment: EnvironmentOption = None,
    to: Annotated[int | None, typer.Option(help="The version; the one before the live one if left out.")] = None,
    before: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"],
            help="Take back everything released since, as 2026-11-21T10:00Z.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Give calls and new jobs to an older version, at once. What runs goes on as it began.

    marquee rollback Uploads
    marquee rollback Uploads Transcode --to 3
    marquee rollback --before 2026-11-21T10:00Z

    The next deployment moves on to its own versions. Code of the page, and anything that is no function or
    state machine, stays as it is: for that, deploy the release before.
    """
    del environment
    if (not names and before is None) or (to is not None and before is not None):
        raise typer.BadParameter("say what to take back: names (perhaps with --to), or --before")
    from cli.control_plane import LOCAL, ControlPlane
    from cli.releases import roll_back

    control = ControlPlane(environment_of(context) or LOCAL)
    raise typer.Exit(roll_back(control, names or [], to=to, before=before, as_json=as_json))
