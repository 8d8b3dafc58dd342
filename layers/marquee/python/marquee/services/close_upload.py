"""An upload is complete: said by whoever is first to know, the client's call or storage's event."""

from __future__ import annotations

from datetime import datetime

from marquee.domain.events import Events, upload_completed
from marquee.domain.stores import UploadStore
from marquee.domain.uploads import Upload


def close_upload(upload_id: str, uploads: UploadStore, events: Events, now: datetime) -> Upload | None:
    """`created` → `completed`; None when it was not open any more."""
    closed = uploads.close(upload_id, "completed", now)
    if closed is not None:
        events.announce(upload_completed(upload_id=closed.id, asset_id=closed.asset_id, job_id=closed.job_id, at=now))
    return closed
