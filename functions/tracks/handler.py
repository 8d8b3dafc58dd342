"""Trigger: HTTP, /api/v1/assets/{asset_id}/tracks and …/transcript. Effect: text is read, brought, edited, removed."""

from tracks import editing, reading, transcripts
from tracks.api import api

# They put their routes into `api` when they are imported.
__all__ = ["api", "editing", "lambda_handler", "reading", "transcripts"]

lambda_handler = api.handle
