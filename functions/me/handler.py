"""Trigger: HTTP, /api/v1/me and /api/v1/identity. Effect: an account is shown, agreed, exported and deleted."""

from me import account, sign_in
from me.api import api

# They put their routes into `api` when they are imported.
__all__ = ["account", "api", "lambda_handler", "sign_in"]

lambda_handler = api.handle
