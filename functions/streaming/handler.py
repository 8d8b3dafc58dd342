"""Trigger: HTTP, /api/v1/streaming. Effect: a viewer is told where to watch and given the right to."""

from streaming import playlists, sessions
from streaming.api import api

# They put their routes into `api` when they are imported.
__all__ = ["api", "lambda_handler", "playlists", "sessions"]

lambda_handler = api.handle
