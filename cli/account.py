"""`marquee login`, `logout`, `whoami` and `token`."""

from __future__ import annotations

import json
import sys

import typer

from cli.display import console, results, tell_error
from cli.endpoint import EndpointError, option_for
from cli.identity import Identity, endpoint_of


def login(site: str, username: str | None, password: str | None, password_stdin: bool, as_json: bool) -> int:
    """The exit code. Asks for what is missing only where somebody can answer."""
    try:
        name = username or _ask("username", "E-mail address")
        secret = sys.stdin.readline().rstrip("\r\n") if password_stdin else password
        signed_in = Identity(site).login(name, secret or _ask("PASSWORD", "Password"), _ask)
    except EndpointError as error:
        tell_error(error, as_json)
        return 1
    if as_json:
        typer.echo(json.dumps({"site": signed_in.site, "username": signed_in.username, "error": None}))
    else:
        console.print(f"Signed in at {signed_in.site} as [bold]{signed_in.username}[/].", soft_wrap=True)
    return 0


def logout(site: str, as_json: bool) -> int:
    """The sign-in is forgotten here even when the provider cannot be told."""
    try:
        was_signed_in = Identity(site).logout()
    except EndpointError as error:
        tell_error(error, as_json)
        return 1
    if as_json:
        typer.echo(json.dumps({"was_signed_in": was_signed_in, "error": None}))
    else:
        console.print("Signed out." if was_signed_in else "Nobody was signed in.")
    return 0


def whoami(site: str, as_json: bool) -> int:
    try:
        identity = Identity(site)
        _require_token(identity)
        me = endpoint_of(identity).get("/me")
    except EndpointError as error:
        tell_error(error, as_json)
        return 1
    if as_json:
        typer.echo(json.dumps(me))
        return 0
    roles = ", ".join(me["roles"]) or me["tier"]
    results().print(f"{me['subject']}  {roles}")
    if me["terms"] and me["terms"]["must_accept"]:
        console.print(f"The terms {me['terms']['current_version']} are not accepted yet.")
    return 0


def print_token(site: str) -> int:
    try:
        typer.echo(_require_token(Identity(site)))
    except EndpointError as error:
        tell_error(error)
        return 1
    return 0


def _require_token(identity: Identity) -> str:
    token = identity.token()
    if token is None:
        sentence = f"Nobody is signed in here: `marquee login{option_for(identity.site)}`."
        raise EndpointError(sentence, code="not_signed_in")
    return token


def _ask(field: str, sentence: str) -> str:
    """Raises `EndpointError` where nobody can be asked."""
    if not sys.stdin.isatty():
        raise EndpointError(
            f"{sentence} is missing: name it with --username and --password-stdin, or in the environment.",
            code="missing_input",
        )
    return str(typer.prompt(sentence, hide_input="PASSWORD" in field, err=True))
