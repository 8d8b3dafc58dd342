"""Playlists for players without cookies."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from marquee.entry.http import PREFIX

from streaming.api import api
from streaming.wiring import wiring

Key = Annotated[str, Query(max_length=100)]
Signed = Annotated[str, Query(max_length=200)]


@api.get(f"{PREFIX}/streaming/playlists/<session_id>/<version>/<name>")
def show_playlist(session_id: str, version: int, name: str, key: Key, signature: Signed) -> Response[str]:
    """A playlist whose addresses are signed, for players without cookies."""
    return api.text(*wiring.show_playlist(session_id, version, name, key, signature))


@api.get(f"{PREFIX}/streaming/playlists/<session_id>/<version>/<track>/<name>")
def show_track(session_id: str, version: int, track: str, name: str, key: Key, signature: Signed) -> Response[str]:
    """The same, of one rendition or track."""
    return api.text(*wiring.show_playlist(session_id, version, f"{track}/{name}", key, signature))
