"""Assets in memory, as strict as the real ones: the contract tests run on both."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from marquee.domain.analysis import AnalysisPointer, Chapter
from marquee.domain.assets import Asset
from marquee.domain.enrichment import HoldState, ModerationHold
from marquee.domain.images import ChosenPoster
from marquee.domain.jobs import Problem
from marquee.domain.media import ImagesSummary, PackageSummary
from marquee.domain.playback import Visibility
from marquee.domain.speech import CaptionsSummary
from marquee.domain.text_tracks import TextTrack


class MemoryAssets:
    """`AssetStore`."""

    def __init__(self) -> None:
        self.kept: dict[str, Asset] = {}
        self._lock = threading.Lock()

    def add(self, asset: Asset) -> None:
        self.kept.setdefault(asset.id, asset)

    def get(self, asset_id: str) -> Asset | None:
        return self.kept.get(asset_id)

    def those(self, asset_ids: Sequence[str]) -> Sequence[Asset]:
        return [asset for asset in self.kept.values() if asset.id in set(asset_ids)]

    def page(self, limit: int, before: str | None) -> Sequence[Asset]:
        listed = [a for a in self.kept.values() if a.listed and (before is None or a.id < before)]
        return sorted(listed, key=lambda a: a.id, reverse=True)[:limit]

    def list_it(self, asset_id: str, now: datetime) -> None:
        self._change(asset_id, lambda a: not a.listed, listed=True, updated_at=now)

    def describe(self, asset_id: str, *, duration_seconds: float, width: int, height: int, now: datetime) -> None:
        found = {"duration_seconds": duration_seconds, "width": width, "height": height}
        self._change(asset_id, _without_version, **found, updated_at=now)

    def mark_playable(self, asset_id: str, version: int, now: datetime) -> None:
        self._change(asset_id, _without_version, status="playable", playable_version=version, updated_at=now)

    def mark_processing(self, asset_id: str, now: datetime) -> None:
        self._change(asset_id, _without_version, status="processing", playable_version=None, error=None, updated_at=now)

    def publish(
        self, asset_id: str, version: int, package: PackageSummary, images: ImagesSummary | None, now: datetime
    ) -> Asset | None:
        return self._change(
            asset_id,
            lambda a: a.current_version is None or a.current_version <= version,
            status="ready",
            current_version=version,
            playable_version=None,
            duration_seconds=package.duration_seconds,
            width=package.width,
            height=package.height,
            renditions=package.renditions,
            tracks=package.tracks,
            images=images,
            error=None,
            updated_at=now,
        )

    def note_images(self, asset_id: str, version: int, images: ImagesSummary, now: datetime) -> Asset | None:
        return self._change(asset_id, lambda a: a.current_version == version, images=images, updated_at=now)

    def choose_poster(self, asset_id: str, poster: ChosenPoster | None, now: datetime) -> Asset | None:
        return self._change(asset_id, lambda a: True, chosen_poster=poster, updated_at=now)

    def show_to(self, asset_id: str, visibility: Visibility | None, now: datetime) -> Asset | None:
        return self._change(asset_id, lambda a: True, visibility=visibility, updated_at=now)

    def belong_to(self, asset_id: str, movie_id: str, now: datetime) -> Asset | None:
        return self._change(asset_id, lambda a: True, movie_id=movie_id, updated_at=now)

    def put_text_track(
        self, asset_id: str, track: TextTrack, now: datetime, *, over: int | None = None
    ) -> Asset | None:
        with self._lock:
            tracks = {**self._tracks(asset_id), track.key: track}
            return self._change(asset_id, _edit(track, over), text_tracks=tracks, updated_at=now)

    def remove_text_track(
        self, asset_id: str, track: TextTrack, now: datetime, *, over: int | None = None
    ) -> Asset | None:
        with self._lock:
            left = {key: kept for key, kept in self._tracks(asset_id).items() if key != track.key}
            return self._change(asset_id, _edit(track, over), text_tracks=left, updated_at=now)

    def note_captions(self, asset_id: str, captions: CaptionsSummary, now: datetime) -> Asset | None:
        return self._change(
            asset_id,
            lambda a: a.captions is None or a.captions.asset_version <= captions.asset_version,
            captions=captions,
            updated_at=now,
        )

    def note_analysis(
        self, asset_id: str, pointer: AnalysisPointer, chapters: Sequence[Chapter], now: datetime
    ) -> Asset | None:
        return self._change(
            asset_id,
            lambda a: a.analysis is None or a.analysis.asset_version <= pointer.asset_version,
            analysis=pointer,
            chapters=tuple(chapters),
            updated_at=now,
        )

    def moderate(
        self, asset_id: str, hold: ModerationHold, now: datetime, *, instead_of: HoldState | None = None
    ) -> Asset | None:
        def fits(asset: Asset) -> bool:
            said, version = asset.moderation, hold.asset_version
            if instead_of is not None:
                return said is not None and (said.asset_version, said.state) == (version, instead_of)
            if said is None or said.asset_version < version:
                return True
            return said.asset_version == version and said.decided_by is None

        return self._change(asset_id, fits, moderation=hold, updated_at=now)

    def _tracks(self, asset_id: str) -> dict[str, TextTrack]:
        asset = self.kept.get(asset_id)
        return {} if asset is None else dict(asset.text_tracks)

    def fail(self, asset_id: str, error: Problem, now: datetime) -> None:
        self._change(asset_id, _without_version, status="failed", playable_version=None, error=error, updated_at=now)

    def delete(self, asset_id: str) -> None:
        self.kept.pop(asset_id, None)

    def _change(self, asset_id: str, wanted: Callable[[Asset], bool], **changes: object) -> Asset | None:
        asset = self.kept.get(asset_id)
        if asset is None or not wanted(asset):
            return None
        self.kept[asset_id] = asset.model_copy(update=changes)
        return self.kept[asset_id]


def _without_version(asset: Asset) -> bool:
    return asset.current_version is None


def _edit(track: TextTrack, over: int | None) -> Callable[[Asset], bool]:
    def fits(asset: Asset) -> bool:
        there = asset.text_tracks.get(track.key)
        return over is None or over == (0 if there is None else there.version)

    return fits
