"""Trigger: HTTP, /api/v1/movies and /me/search. Effect: catalogue and films are searched; administrators write."""

from movies import editing, finding, reading, searching
from movies.api import api

# They put their routes into `api` when they are imported.
__all__ = ["api", "editing", "finding", "lambda_handler", "reading", "searching"]

lambda_handler = api.handle
