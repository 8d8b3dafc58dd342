"""Trigger: HTTP, /api/v1/uploads. Effect: films are transferred into storage, in signed parts."""

from uploads import parts, transfers
from uploads.api import api

# They put their routes into `api` when they are imported.
__all__ = ["api", "lambda_handler", "parts", "transfers"]

lambda_handler = api.handle
