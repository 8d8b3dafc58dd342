"""Playback sessions are opened and renewed."""

from aws_lambda_powertools.event_handler import Response
from marquee.domain.identity import NOBODY
from marquee.entry.access import signed_in, unless
from marquee.entry.cookies import with_cookies
from marquee.entry.http import PREFIX
from marquee.services.open_session import Session, SessionRequest

from streaming.api import api
from streaming.wiring import wiring

viewers = unless(lambda: wiring.settings.playback == "open", signed_in)


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
