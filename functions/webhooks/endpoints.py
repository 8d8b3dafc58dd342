"""Endpoints: who is told of events."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX, Cursor, Limit
from marquee.services import webhook_endpoints as endpoints
from marquee.services.paging import DEFAULT_LIMIT

from webhooks.api import api
from webhooks.wiring import wiring


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


@api.delete(f"{PREFIX}/webhooks/<endpoint_id>", middlewares=[admins])
def delete_endpoint(endpoint_id: str) -> Response[None]:
    """Tell it nothing more."""
    wiring.webhook_endpoints.delete(endpoint_id)
    return api.no_content()
