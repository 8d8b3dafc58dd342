"""Trigger: HTTP, /api/v1/streaming. Effect: a viewer is told where to watch and given the right to."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.http import PREFIX, Api
from marquee.services.open_session import Session, SessionRequest

from streaming.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle


@api.post(f"{PREFIX}/streaming/sessions")
def open_session(body: SessionRequest) -> Response[Session]:
    return api.ok(wiring.open_session(body))
