"""Trigger: HTTP, /api/v1/streaming. Effect: a viewer is told where to watch and given the right to."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from marquee.domain.identity import NOBODY
from marquee.entry.access import signed_in, unless
from marquee.entry.cookies import with_cookies
from marquee.entry.http import PREFIX, Api
from marquee.services.open_session import Session, SessionRequest

from streaming.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle
viewers = unless(lambda: wiring.settings.playback == "open", signed_in)

Key = Annotated[str, Query(max_length=100)]
Signed = Annotated[str, Query(max_length=200)]


@api.post(f"{PREFIX}/streaming/sessions", middlewares=[viewers])
def open_session(body: SessionRequest) -> Response[Session]:
    """The right to watch one asset for a while: signed cookies, and an address for players without them."""
    return with_cookies(api.ok, wiring.cookies, wiring.open_session(body, api.principal))


@api.post(f"{PREFIX}/streaming/sessions/public")
def open_public_session(body: SessionRequest) -> Response[Session]:
    """The same for who is not signed in, where an asset is open to all."""
    return with_cookies(api.ok, wiring.cookies, wiring.open_session(body, NOBODY))


@api.post(f"{PREFIX}/streaming/sessions/<session_id>/renew", middlewares=[signed_in])
def renew_session(session_id: str) -> Response[Session]:
    """Another while of the same session."""
    return with_cookies(api.ok, wiring.cookies, wiring.renew_session(session_id, api.principal))


@api.get(f"{PREFIX}/streaming/playlists/<session_id>/<version>/<name>")
def show_playlist(session_id: str, version: int, name: str, key: Key, signature: Signed) -> Response[str]:
    """A playlist whose addresses are signed, for players without cookies."""
    return api.text(*wiring.show_playlist(session_id, version, name, key, signature))


@api.get(f"{PREFIX}/streaming/playlists/<session_id>/<version>/<track>/<name>")
def show_track(session_id: str, version: int, track: str, name: str, key: Key, signature: Signed) -> Response[str]:
    """The same, of one rendition or track."""
    return api.text(*wiring.show_playlist(session_id, version, f"{track}/{name}", key, signature))
