"""Leave a permanent error's words where the job's failure is read: what runs around a step may not carry them."""

from __future__ import annotations

import contextlib
import json

from marquee.domain import keys
from marquee.domain.errors import PermanentError
from marquee.domain.ports import ObjectStore, PreconditionFailed


def word_failure(objects: ObjectStore, media_bucket: str, job_id: str, error: PermanentError) -> None:
    """The first one counts."""
    words = json.dumps({"code": error.code, "message": error.message}).encode()
    with contextlib.suppress(PreconditionFailed):
        objects.put(media_bucket, keys.failure_key(job_id), words, content_type="application/json", if_none_match=True)
