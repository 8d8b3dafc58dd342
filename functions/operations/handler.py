"""Trigger: HTTP, /api/v1/operations. Effect: none; shows administrators what runs, waits and fails just now."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Api
from marquee.services.show_operations import OperationsAnswer

from operations.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle


@api.get(f"{PREFIX}/operations", middlewares=[admins])
def show_operations() -> Response[OperationsAnswer]:
    """Running jobs with every shard, queues, functions and breakers, as they are at this moment."""
    return api.ok(wiring.show_operations())
