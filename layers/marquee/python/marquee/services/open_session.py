"""Open a playback session, and go on with one: a viewer's right to one asset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from marquee.domain import keys
from marquee.domain.assets import Asset, playback_url
from marquee.domain.errors import Conflict, NotFound
from marquee.domain.identity import Principal
from marquee.domain.measures import SESSIONS_OPENED, measure
from marquee.domain.media import Model
from marquee.domain.stores import AssetStore
from marquee.services.playback_rights import Right, Rights
from marquee.services.show_playlist import signed_playlist_url


class SessionRequest(Model):
    """Body of `POST /streaming/sessions`."""

    asset_id: Annotated[str, Field(min_length=1, max_length=100)]


class Session(Model):
    """What to play, and until when.

    While playback is open to everybody `cookies` is empty, and `id` and `signed_playback_url` are None. `cookies`
    are those that the answer sets; `signed_playback_url` is for players that send none.
    """

    id: str | None = None
    asset_id: str
    playback_url: str
    dash_url: str | None = None
    signed_playback_url: str | None = None
    cookies: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True)
class OpenSession:
    """`POST /streaming/sessions`."""

    assets: AssetStore
    rights: Rights

    def __call__(self, wanted: SessionRequest, viewer: Principal) -> Session:
        asset = self.assets.get(wanted.asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        version = _version_for(asset, viewer)
        right = self.rights.grant(asset, viewer)
        measure({SESSIONS_OPENED: 1})
        whole = asset.current_version == version
        return Session(
            id=None if right.session is None else right.session.id,
            asset_id=asset.id,
            playback_url=playback_url(asset.id, version),
            dash_url=f"/{keys.media_prefix(asset.id, version)}{keys.DASH_MANIFEST}" if whole else None,
            signed_playback_url=_signed_url(right, version),
            cookies={} if right.signed is None else right.signed.cookies(),
            expires_at=right.expires_at,
        )


@dataclass(frozen=True)
class RenewSession:
    """`POST /streaming/sessions/{id}/renew`: the same asset again, by the rules of now."""

    rights: Rights
    open_session: OpenSession

    def __call__(self, session_id: str, viewer: Principal) -> Session:
        asset_id = self.rights.check_renewable(session_id, viewer)
        return self.open_session(SessionRequest(asset_id=asset_id), viewer)


def _version_for(asset: Asset, viewer: Principal) -> int:
    if asset.version_to_play is not None:
        return asset.version_to_play
    if asset.version_under_review is not None and viewer.is_admin:
        return asset.version_under_review
    if asset.withheld == "held":
        raise Conflict("The film is under review.", code="under_review")
    if asset.withheld == "blocked":
        raise Conflict("The film was reviewed and cannot be watched.", code="blocked_by_review")
    raise Conflict("There is nothing to watch of this asset yet.", code="not_playable")


def _signed_url(right: Right, version: int) -> str | None:
    if right.session is None or right.signed is None:
        return None
    return signed_playlist_url(right.session, version, right.signed)
