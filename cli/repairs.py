"""Commands for when something went wrong, as the runbooks use them (docs/runbooks). Each one's work is beside it."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cli.display import JobBars, tell_error
from cli.endpoint import DEFAULT_SITE, Endpoint, EndpointError
from cli.follow import summary, wait_for_job
from cli.identity import Identity, endpoint_of
from cli.site import EndpointOption, EnvironmentOption, JsonOption, environment_of

app = typer.Typer()

JobArgument = Annotated[str, typer.Argument(metavar="JOB_ID", help="As in `marquee jobs`.", show_default=False)]


@app.command()
def retry(
    job_id: JobArgument,
    endpoint: EndpointOption = DEFAULT_SITE,
    environment: EnvironmentOption = None,
    wait: Annotated[bool, typer.Option("--wait", help="Follow it until it has ended.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Run a job again that failed or was canceled. What is encoded and still there is not encoded again.

    Exit code 0: accepted, or with --wait completed.
    """
    del environment
    try:
        site = endpoint_of(Identity(endpoint))
        site.post(f"/jobs/{job_id}/retry")
        raise typer.Exit(_tell_job(site, job_id, wait=wait, as_json=as_json))
    except EndpointError as error:
        tell_error(error, as_json)
        raise typer.Exit(1) from error


@app.command()
def cancel(
    job_id: JobArgument,
    endpoint: EndpointOption = DEFAULT_SITE,
    environment: EnvironmentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stop a job. What was encoded of it goes; its source stays, and `retry` begins again."""
    del environment
    try:
        site = endpoint_of(Identity(endpoint))
        site.post(f"/jobs/{job_id}/cancel")
        _tell_job(site, job_id, wait=False, as_json=as_json)
    except EndpointError as error:
        tell_error(error, as_json)
        raise typer.Exit(1) from error


@app.command()
def api(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="GET, POST, PUT, PATCH or DELETE.")],
    path: Annotated[str, typer.Argument(metavar="PATH", help="Below /api/v1, with its query: '/jobs?status=failed'.")],
    body: Annotated[str | None, typer.Argument(metavar="[JSON]", show_default=False)] = None,
    endpoint: EndpointOption = DEFAULT_SITE,
    environment: EnvironmentOption = None,
) -> None:
    """Call the API as who is signed in, and print its answer. All calls are described at /api/v1/docs."""
    del environment
    try:
        given = None if body is None else json.loads(body)
    except ValueError as error:
        raise typer.BadParameter(f"the body is no JSON: {error}") from error
    try:
        answer = endpoint_of(Identity(endpoint)).call(method.upper(), path, body=given)
    except EndpointError as error:
        tell_error(error, as_json=True)
        raise typer.Exit(1) from error
    if answer.status != 204:
        typer.echo(json.dumps(answer.body, indent=1, ensure_ascii=False))


@app.command()
def redrive(
    context: typer.Context,
    queue: Annotated[
        str | None, typer.Argument(metavar="[QUEUE]", help="ingest or webhooks.", show_default=False)
    ] = None,
    look: Annotated[bool, typer.Option("--look", help="Print the messages, and move none.")] = False,
    environment: EnvironmentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move messages that failed too often back into their queue; without QUEUE say how many there are.

    Each message may come twice; whoever takes it is ready for that. Mend first what made them fail.

    marquee redrive
    marquee redrive ingest --look
    marquee redrive ingest
    """
    del environment
    from cli.control_plane import LOCAL, ControlPlane
    from cli.redrive import DeadLetters, move_back, tell_counts, tell_messages

    letters = DeadLetters(ControlPlane(environment_of(context) or LOCAL))
    try:
        if queue is None:
            tell_counts(letters, as_json)
        elif look:
            tell_messages(letters, queue)
        else:
            move_back(letters, queue, as_json)
    except EndpointError as error:
        tell_error(error, as_json)
        raise typer.Exit(1) from error


def _tell_job(site: Endpoint, job_id: str, *, wait: bool, as_json: bool) -> int:
    """Prints how it stands with a job; the exit code."""
    if wait:
        with JobBars(visible=not as_json) as bars:
            job = wait_for_job(site, job_id, lambda job: bars.show(job, site.url(job.get("playback_url"))))
    else:
        job = site.get(f"/jobs/{job_id}")
    outcome = summary(site, job)
    why = f": {outcome['error']['message']} ({outcome['error']['code']})" if outcome["error"] else ""
    typer.echo(json.dumps(outcome) if as_json else f"{job_id}: {outcome['status']}{why}")
    return 0 if not wait or outcome["status"] == "completed" else 1
