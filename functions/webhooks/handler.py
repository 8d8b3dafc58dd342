"""Trigger: HTTP, /api/v1/webhooks. Effect: endpoints are kept, tried out and looked into; messages sent again."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Api, Cursor, Limit
from marquee.services import webhook_deliveries as log
from marquee.services import webhook_endpoints as endpoints
from marquee.services.paging import DEFAULT_LIMIT

from webhooks.wiring import wiring

api = Api(wiring)
lambda_handler = api.handle


@api.post(f"{PREFIX}/webhooks", middlewares=[admins])
def create_endpoint(body: endpoints.NewEndpoint) -> Response[endpoints.EndpointWithSecret]:
    """Add an address that is told of events. Its secret is shown this once."""
    return api.created(wiring.webhook_endpoints.create(body))


@api.get(f"{PREFIX}/webhooks", middlewares=[admins])
def list_endpoints(limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> Response[endpoints.EndpointsPage]:
    """Addresses that are told of events, newest first."""
    return api.ok(wiring.webhook_endpoints.list(limit, cursor))


@api.get(f"{PREFIX}/webhooks/<endpoint_id>", middlewares=[admins])
def show_endpoint(endpoint_id: str) -> Response[endpoints.EndpointAnswer]:
    """One of them, without its secret."""
    return api.ok(wiring.webhook_endpoints.show(endpoint_id))


@api.patch(f"{PREFIX}/webhooks/<endpoint_id>", middlewares=[admins])
def change_endpoint(endpoint_id: str, body: endpoints.EndpointChanges) -> Response[endpoints.EndpointAnswer]:
    """Change what is named, and leave the rest."""
    return api.ok(wiring.webhook_endpoints.change(endpoint_id, body))


@api.delete(f"{PREFIX}/webhooks/<endpoint_id>", middlewares=[admins])
def delete_endpoint(endpoint_id: str) -> Response[None]:
    """Tell it nothing more."""
    wiring.webhook_endpoints.delete(endpoint_id)
    return api.no_content()


@api.post(f"{PREFIX}/webhooks/<endpoint_id>/rotate", middlewares=[admins])
def rotate_secret(endpoint_id: str, body: endpoints.Rotation) -> Response[endpoints.EndpointWithSecret]:
    """Give it a new secret; the old one signs along for a while."""
    return api.ok(wiring.webhook_endpoints.rotate(endpoint_id, body))


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
