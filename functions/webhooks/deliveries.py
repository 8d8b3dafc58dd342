"""Messages: tried out, looked into, sent again."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Cursor, Limit
from marquee.services import webhook_deliveries as log
from marquee.services.paging import DEFAULT_LIMIT

from webhooks.api import api
from webhooks.wiring import wiring


@api.post(f"{PREFIX}/webhooks/<endpoint_id>/test", middlewares=[admins])
def test_endpoint(endpoint_id: str) -> Response[log.DeliveryAccepted]:
    """Send it a message that means nothing."""
    return api.accepted(wiring.webhook_deliveries.test(endpoint_id))


@api.get(f"{PREFIX}/webhooks/<endpoint_id>/deliveries", middlewares=[admins])
def list_deliveries(
    endpoint_id: str, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response[log.DeliveriesPage]:
    """What was sent there and what came of it, latest first."""
    return api.ok(wiring.webhook_deliveries.list(endpoint_id, limit, cursor))


@api.post(f"{PREFIX}/webhooks/deliveries/<delivery_id>/replay", middlewares=[admins])
def replay_delivery(delivery_id: str) -> Response[log.DeliveryAccepted]:
    """Send a message once more."""
    return api.accepted(wiring.webhook_deliveries.replay(delivery_id))
