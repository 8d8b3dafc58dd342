"""What is changed of an endpoint, and its secret."""

from aws_lambda_powertools.event_handler import Response
from marquee.entry.access import admins
from marquee.entry.http import PREFIX
from marquee.services import webhook_endpoints as endpoints

from webhooks.api import api
from webhooks.wiring import wiring


@api.patch(f"{PREFIX}/webhooks/<endpoint_id>", middlewares=[admins])
def change_endpoint(endpoint_id: str, body: endpoints.EndpointChanges) -> Response[endpoints.EndpointAnswer]:
    """Change what is named, and leave the rest."""
    return api.ok(wiring.webhook_endpoints.change(endpoint_id, body))


@api.post(f"{PREFIX}/webhooks/<endpoint_id>/rotate", middlewares=[admins])
def rotate_secret(endpoint_id: str, body: endpoints.Rotation) -> Response[endpoints.EndpointWithSecret]:
    """Give it a new secret; the old one signs along for a while."""
    return api.ok(wiring.webhook_endpoints.rotate(endpoint_id, body))
