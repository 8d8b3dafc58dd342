"""What can be watched of an asset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from marquee.domain import keys
from marquee.domain.assets import Asset, AssetStatus, playback_url
from marquee.domain.enrichment import HoldState
from marquee.domain.errors import NotFound
from marquee.domain.jobs import Problem
from marquee.domain.media import Model, PublishedRendition, PublishedTrack
from marquee.domain.playback import Visibility
from marquee.domain.speech import CaptionsSummary
from marquee.domain.stores import AssetStore
from marquee.services.show_pictures import (
    CandidateAnswer,
    ChapterAnswer,
    PosterAnswer,
    StoryboardAnswer,
    candidates_of,
    chapters_of,
    poster_of,
    preview_url,
    published_url,
    storyboard_of,
)
from marquee.services.track_answers import TrackAnswer, track_answer


class ModerationAnswer(Model):
    """`held`: waits for an administrator; `blocked`: nobody may watch it; `released`: nothing keeps it back."""

    state: HoldState


class AssetAnswer(Model):
    """What everybody may know; what the file was called and how it was made, the job tells administrators.
    `visibility`: who may watch it; null: as the environment says. `moderation`: null when nobody examined it, and
    nobody had to. `captions`: what listening to it came to; null: nobody has listened.

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
    poster: PosterAnswer | None
    poster_candidates: tuple[CandidateAnswer, ...]
    preview_url: str | None
    storyboard: StoryboardAnswer | None
    renditions: tuple[PublishedRendition, ...]
    tracks: tuple[PublishedTrack, ...]
    text_tracks: tuple[TrackAnswer, ...]
    captions: CaptionsSummary | None
    chapters: tuple[ChapterAnswer, ...]
    moderation: ModerationAnswer | None
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
    version, poster = asset.version_to_play, poster_of(asset)
    told = AssetAnswer.model_fields.keys() & Asset.model_fields.keys() - {"chapters", "moderation", "text_tracks"}
    return AssetAnswer(
        **{name: getattr(asset, name) for name in told},
        playable=version is not None,
        playback_url=None if version is None else playback_url(asset.id, version),
        dash_url=published_url(asset, keys.DASH_MANIFEST),
        poster_url=None if poster is None else poster.url,
        poster=poster,
        poster_candidates=candidates_of(asset),
        preview_url=preview_url(asset),
        storyboard=storyboard_of(asset),
        text_tracks=tuple(track_answer(track) for track in asset.tracks_of(version)),
        chapters=chapters_of(asset),
        moderation=None if asset.moderation is None else ModerationAnswer(state=asset.moderation.state),
    )
