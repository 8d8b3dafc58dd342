"""Trigger: HTTP, /api/v1/webhooks. Effect: endpoints are kept, tried out and looked into; messages sent again."""

from webhooks import changes, deliveries, endpoints
from webhooks.api import api

# They put their routes into `api` when they are imported.
__all__ = ["api", "changes", "deliveries", "endpoints", "lambda_handler"]

lambda_handler = api.handle
