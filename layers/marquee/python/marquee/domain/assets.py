"""An asset: the media made from one source. It has versions; one of them is current."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from marquee.domain import keys
from marquee.domain.analysis import AnalysisPointer, Chapter
from marquee.domain.enrichment import HoldState, ModerationHold
from marquee.domain.images import ChosenPoster
from marquee.domain.jobs import Problem
from marquee.domain.media import ImagesSummary, Model, PublishedRendition, PublishedTrack
from marquee.domain.playback import Visibility
from marquee.domain.speech import CaptionsSummary
from marquee.domain.text_tracks import TextTrack

AssetStatus = Literal["processing", "playable", "ready", "failed"]


class Asset(Model):
    """`listed` once its source has arrived. `playable_version` is being encoded and can be watched already.
    `visibility`: who may watch it; None: as the environment says.

    `text_tracks` holds those of all versions, by `TextTrack.key`, so that each is written by itself; use
    `tracks_of`. `images` are of the current version, `chosen_poster` of none. `chapters`, `analysis`, `captions` and
    `moderation` are of the version that was examined last.
    """

    id: str
    title: str
    filename: str
    movie_id: str | None = None
    visibility: Visibility | None = None
    status: AssetStatus = "processing"
    listed: bool = False
    job_id: str
    upload_id: str
    current_version: int | None = None
    playable_version: int | None = None
    duration_seconds: float | None = None
    width: int | None = None
    height: int | None = None
    renditions: tuple[PublishedRendition, ...] = ()
    tracks: tuple[PublishedTrack, ...] = ()
    images: ImagesSummary | None = None
    chosen_poster: ChosenPoster | None = None
    text_tracks: dict[str, TextTrack] = Field(default_factory=dict)
    captions: CaptionsSummary | None = None
    chapters: tuple[Chapter, ...] = ()
    analysis: AnalysisPointer | None = None
    moderation: ModerationHold | None = None
    error: Problem | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def withheld(self) -> HoldState | None:
        """`held` or `blocked`: why the newest version cannot be watched; None: nothing keeps it back."""
        said, version = self.moderation, self._newest_version
        if said is None or version is None or said.asset_version != version or said.state == "released":
            return None
        return said.state

    @property
    def version_to_play(self) -> int | None:
        """The current version; before there is one, the version that grows. None while it is withheld."""
        return None if self.withheld else self._newest_version

    @property
    def version_under_review(self) -> int | None:
        """The version that administrators watch to decide whether others may."""
        return self.current_version if self.withheld == "held" else None

    @property
    def _newest_version(self) -> int | None:
        return self.current_version if self.current_version is not None else self.playable_version

    def tracks_of(self, version: int | None) -> tuple[TextTrack, ...]:
        """The text tracks of one version, in a steady order."""
        mine = [track for track in self.text_tracks.values() if track.asset_version == version]
        return tuple(sorted(mine, key=lambda track: (not track.default, track.id)))


def playback_url(asset_id: str, version: int) -> str:
    """Root-relative address of the multivariant playlist."""
    return f"/{keys.media_prefix(asset_id, version)}{keys.MULTIVARIANT_PLAYLIST}"
