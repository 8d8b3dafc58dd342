"""Trigger: HTTP, /api/v1/movies. Effect: the catalogue is searched and read; administrators write it."""

from movies import editing, reading, searching
from movies.api import api

# They put their routes into `api` when they are imported.
__all__ = ["api", "editing", "lambda_handler", "reading", "searching"]

lambda_handler = api.handle
