"""Trigger: HTTP, /api/v1/jobs. Effect: jobs are read with live progress, stopped and run again."""

from jobs import reading, running
from jobs.api import api

# They put their routes into `api` when they are imported.
__all__ = ["api", "lambda_handler", "reading", "running"]

lambda_handler = api.handle
