"""Trigger: HTTP, /api/v1/assets. Effect: assets are read, changed, and deleted with all that was made of them."""

from assets import changing, reading
from assets.api import api

# They put their routes into `api` when they are imported.
__all__ = ["api", "changing", "lambda_handler", "reading"]

lambda_handler = api.handle
