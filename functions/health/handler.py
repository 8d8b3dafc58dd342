"""Trigger: HTTP, /api/v1/health. Effect: none; tells what serving depends on, and fails when it cannot serve."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.http import PREFIX, Api
from marquee.services.check_health import Health

from health.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle


@api.get(f"{PREFIX}/health")
def check_health() -> Response[Health]:
    health = wiring.check_health()
    return api.unavailable_if(not health.can_serve, health)
