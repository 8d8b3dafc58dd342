"""What can be watched of an asset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from marquee.domain import keys
from marquee.domain.analysis import Chapter
from marquee.domain.assets import Asset, AssetStatus, playback_url
from marquee.domain.errors import NotFound
from marquee.domain.jobs import Problem
from marquee.domain.media import Model, PublishedRendition, PublishedTrack
from marquee.domain.playback import Visibility
from marquee.domain.stores import AssetStore


class StoryboardAnswer(Model):
    """Preview pictures, one every `interval_seconds`."""

    vtt_url: str
    interval_seconds: float
    tile_count: int


class AssetAnswer(Model):
    """What everybody may know; what the file was called and how it was made, the job tells administrators.
    `visibility`: who may watch it; null: as the environment says.

    Addresses are root-relative, for the site's own origin, and open nothing without a playback session. Sizes in
    pixels, rates in bits a second.
    """

    id: str
    title: str
    movie_id: str | None
    visibility: Visibility | None
    status: AssetStatus
    created_at: datetime
    updated_at: datetime
    duration_seconds: float | None
    width: int | None
    height: int | None
    playable: bool
    playback_url: str | None
    dash_url: str | None
    poster_url: str | None
    storyboard: StoryboardAnswer | None
    renditions: tuple[PublishedRendition, ...]
    tracks: tuple[PublishedTrack, ...]
    chapters: tuple[Chapter, ...]
    current_version: int | None
    job_id: str
    error: Problem | None


@dataclass(frozen=True)
class ShowAsset:
    """`GET /assets/{id}`."""

    assets: AssetStore

    def __call__(self, asset_id: str) -> AssetAnswer:
        asset = self.assets.get(asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        return answer_of(asset)


def answer_of(asset: Asset) -> AssetAnswer:
    version = asset.version_to_play
    return AssetAnswer(
        **{name: getattr(asset, name) for name in AssetAnswer.model_fields if name in Asset.model_fields},
        playable=version is not None,
        playback_url=None if version is None else playback_url(asset.id, version),
        dash_url=_published(asset, keys.DASH_MANIFEST),
        poster_url=_published(asset, asset.images.poster if asset.images else None),
        storyboard=_storyboard(asset),
    )


def _published(asset: Asset, name: str | None) -> str | None:
    """Address of an object of the current version."""
    if asset.current_version is None or name is None:
        return None
    return f"/{keys.media_prefix(asset.id, asset.current_version)}{name}"


def _storyboard(asset: Asset) -> StoryboardAnswer | None:
    images = asset.images
    vtt_url = _published(asset, images.storyboard_vtt if images else None)
    if images is None or vtt_url is None:
        return None
    return StoryboardAnswer(vtt_url=vtt_url, interval_seconds=images.interval_seconds, tile_count=images.tile_count)
