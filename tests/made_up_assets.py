"""An asset out of thin air."""

from __future__ import annotations

from datetime import datetime

from marquee.domain import ids
from marquee.domain.assets import Asset
from marquee.domain.clock import utc_now

from tests.fakes_assets import MemoryAssets


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


def assets_with(asset_id: str, **more: object) -> MemoryAssets:
    """A store with one made-up asset of that id; `more` is said of it besides."""
    assets = MemoryAssets()
    assets.add(made_up_asset(utc_now()).model_copy(update={"id": asset_id, **more}))
    return assets
