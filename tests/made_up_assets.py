"""An asset out of thin air."""

from __future__ import annotations

from datetime import datetime

from marquee.domain import ids
from marquee.domain.assets import Asset


def made_up_asset(now: datetime) -> Asset:
    return Asset(
        id=ids.new_asset_id(),
        title="A film",
        filename="f.mp4",
        job_id="job_1",
        upload_id="upl_1",
        created_at=now,
        updated_at=now,
    )
