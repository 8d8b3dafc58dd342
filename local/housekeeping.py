"""What the local cloud does once in a while, as AWS does."""

from __future__ import annotations

import asyncio
import logging
import random
from datetime import UTC, datetime

from local.s3 import S3Store, apply_lifecycle

_LIFECYCLE_SECONDS = 3600.0

logger = logging.getLogger(__name__)


async def apply_lifecycles(store: S3Store) -> None:
    """Applies the buckets' lifecycle rules now and every hour, until it is cancelled."""
    while True:
        try:
            await asyncio.to_thread(apply_lifecycle, store, datetime.now(UTC))
        except Exception:
            logger.exception("lifecycle rules")
        await asyncio.sleep(_LIFECYCLE_SECONDS * random.uniform(0.9, 1.1))  # noqa: S311
