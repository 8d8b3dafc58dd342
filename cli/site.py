"""Options that many commands have: which Marquee it is for, by `--endpoint` or `--env`, and for whom it prints."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.display import tell_error
from cli.endpoint import EndpointError


def _address(context: typer.Context, parameter: typer.CallbackParam, value: str) -> str:
    """`--endpoint` as it was given, or the site of the environment that was named, here or before the command."""
    environment = environment_of(context)
    if environment is None or context.resilient_parsing:
        return value
    source = context.get_parameter_source(str(parameter.name))
    if source is not None and source.name == "COMMANDLINE":
        if _only_by_variable(context):
            return value
        raise typer.BadParameter("name the site by --endpoint or by --env, not by both")
    from cli.control_plane import site_of

    try:
        return site_of(environment)
    except EndpointError as error:
        tell_error(error, as_json=bool(context.params.get("as_json")))
        raise typer.Exit(1) from error


def _only_by_variable(context: typer.Context) -> bool:
    """Whether the environment comes from MARQUEE_ENV: what was typed goes before it."""
    return not any(
        (source := where.get_parameter_source("environment")) is not None and source.name == "COMMANDLINE"
        for where in (context, context.find_root())
    )


def environment_of(context: typer.Context) -> str | None:
    """The environment that was named, after the command or before it."""
    named = context.params.get("environment") or context.find_root().params.get("environment")
    return None if named is None else str(named)


EndpointOption = Annotated[
    str,
    typer.Option(
        "--endpoint", envvar="MARQUEE_ENDPOINT", callback=_address, help="The site's address, here or in AWS."
    ),
]
EnvironmentOption = Annotated[
    str | None,
    typer.Option(
        "--env",
        envvar="MARQUEE_ENV",
        is_eager=True,  # known before `--endpoint` is looked at
        help="A deployed environment (dev, staging, prod) in the account of your AWS credentials, or `local`.",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", is_eager=True, help="Print one JSON document for programs, nothing else.")
]
