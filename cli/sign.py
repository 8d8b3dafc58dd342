"""`marquee sign`: a playback session, for a player or a program."""

from __future__ import annotations

import json

import typer

from cli.display import results, tell_error
from cli.endpoint import Endpoint, EndpointError, Json
from cli.identity import Identity, endpoint_of


def open_session(address: str, asset_id: str, as_json: bool) -> int:
    """The exit code. Prints `{playback_url, signed_playback_url, session_id, cookies, expires_at}`."""
    identity = Identity(address)
    site = endpoint_of(identity)
    try:
        # who is signed in has a door of his own: without a token nobody passes it
        door = "/streaming/sessions" if identity.token() else "/streaming/sessions/public"
        answer = _absolute(site, site.post(door, {"asset_id": asset_id}))
    except EndpointError as error:
        tell_error(error, as_json)
        return 1
    if as_json:
        typer.echo(json.dumps(answer))
    else:
        _tell(answer)
    return 0


def _absolute(site: Endpoint, session: Json) -> Json:
    return {
        "playback_url": site.url(session["playback_url"]),
        "signed_playback_url": site.url(session.get("signed_playback_url")),
        "session_id": session.get("id"),
        "cookies": session.get("cookies", {}),
        "expires_at": session.get("expires_at"),
    }


def _tell(answer: Json) -> None:
    out = results()
    out.print(f"Play   {answer['playback_url']}", soft_wrap=True)
    out.print(f"until  {answer['expires_at']}")
    if answer["signed_playback_url"]:
        out.print(f"or     {answer['signed_playback_url']}  (without cookies)", soft_wrap=True)
    for name, value in answer["cookies"].items():
        out.print(f"cookie {name}={value}", soft_wrap=True)
