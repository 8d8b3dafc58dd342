"""Trigger: HTTP, /api/v1/streaming. Effect: playback sessions end before their time, everywhere at the edge."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins, signed_in
from marquee.entry.http import PREFIX, Api
from marquee.services.revoke_sessions import Revocation, RevocationRequest

from revocations.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle


@api.delete(f"{PREFIX}/streaming/sessions/<session_id>", middlewares=[signed_in])
def end_session(session_id: str) -> Response[None]:
    """End a session before its time: its cookies open nothing any more."""
    wiring.end_session(session_id, api.principal)
    return api.no_content()


@api.post(f"{PREFIX}/streaming/revocations", middlewares=[admins])
def revoke_sessions(body: RevocationRequest) -> Response[Revocation]:
    """End sessions before their time: one, or all of a viewer or an asset; their cookies open nothing any more."""
    return api.created(wiring.revoke_sessions(body))
