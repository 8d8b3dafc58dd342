"""Open a playback session: a viewer's right to one asset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from marquee.domain.assets import playback_url
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, NotFound
from marquee.domain.media import Model
from marquee.domain.stores import AssetStore

SESSION = timedelta(hours=12)


class SessionRequest(Model):
    """Body of `POST /streaming/sessions`."""

    asset_id: Annotated[str, Field(min_length=1, max_length=100)]


class Session(Model):
    """`cookies` is empty while playback is open to everybody."""

    asset_id: str
    playback_url: str
    cookies: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True)
class OpenSession:
    """`POST /streaming/sessions`."""

    assets: AssetStore
    clock: Clock = utc_now

    def __call__(self, wanted: SessionRequest) -> Session:
        asset = self.assets.get(wanted.asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        version = asset.version_to_play
        if version is None:
            raise Conflict("There is nothing to watch of this asset yet.", code="not_playable")
        return Session(
            asset_id=asset.id,
            playback_url=playback_url(asset.id, version),
            cookies={},
            expires_at=self.clock() + SESSION,
        )
