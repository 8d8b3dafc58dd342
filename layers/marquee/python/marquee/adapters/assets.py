"""Assets in the database (`domain.stores.AssetStore`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, ReturnDocument

from marquee.adapters.database import Database
from marquee.adapters.documents import add_once, from_document, models_of, plain, to_document
from marquee.domain.analysis import AnalysisPointer, Chapter
from marquee.domain.assets import Asset
from marquee.domain.enrichment import HoldState, ModerationHold
from marquee.domain.images import ChosenPoster
from marquee.domain.jobs import Problem
from marquee.domain.media import ImagesSummary, PackageSummary
from marquee.domain.playback import Visibility
from marquee.domain.speech import CaptionsSummary
from marquee.domain.text_tracks import TextTrack

COLLECTION = "assets"


class DatabaseAssets:
    """Assets, one document each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, asset: Asset) -> None:
        add_once(self._database, COLLECTION, to_document(asset))

    def get(self, asset_id: str) -> Asset | None:
        found = self._database.run(COLLECTION, lambda assets: assets.find_one({"_id": asset_id}))
        return from_document(Asset, found)

    def those(self, asset_ids: Sequence[str]) -> Sequence[Asset]:
        if not asset_ids:
            return ()
        wanted = {"_id": {"$in": list(asset_ids)}}
        found = self._database.run(COLLECTION, lambda assets: list(assets.find(wanted).sort("_id", ASCENDING)))
        return models_of(Asset, found)

    def page(self, limit: int, before: str | None) -> Sequence[Asset]:
        wanted: dict[str, Any] = {"listed": True}
        if before is not None:
            wanted["_id"] = {"$lt": before}
        found = self._database.run(
            COLLECTION, lambda assets: list(assets.find(wanted).sort("_id", DESCENDING).limit(limit))
        )
        return models_of(Asset, found)

    def list_it(self, asset_id: str, now: datetime) -> None:
        self._set({"_id": asset_id, "listed": False}, {"listed": True, "updated_at": now})

    def describe(self, asset_id: str, *, duration_seconds: float, width: int, height: int, now: datetime) -> None:
        found = {"duration_seconds": duration_seconds, "width": width, "height": height, "updated_at": now}
        self._set({"_id": asset_id, "current_version": None}, found)

    def mark_playable(self, asset_id: str, version: int, now: datetime) -> None:
        self._set(
            {"_id": asset_id, "current_version": None},
            {"status": "playable", "playable_version": version, "updated_at": now},
        )

    def mark_processing(self, asset_id: str, now: datetime) -> None:
        self._set(
            {"_id": asset_id, "current_version": None},
            {"status": "processing", "playable_version": None, "error": None, "updated_at": now},
        )

    def publish(
        self,
        asset_id: str,
        version: int,
        package: PackageSummary,
        images: ImagesSummary | None,
        now: datetime,
    ) -> Asset | None:
        changes = {
            "status": "ready",
            "current_version": version,
            "playable_version": None,
            "duration_seconds": package.duration_seconds,
            "width": package.width,
            "height": package.height,
            "renditions": [rendition.model_dump() for rendition in package.renditions],
            "tracks": [track.model_dump() for track in package.tracks],
            "images": None if images is None else images.model_dump(),
            "error": None,
            "updated_at": now,
        }
        not_newer = {"$or": [{"current_version": None}, {"current_version": {"$lte": version}}]}
        return self._set({"_id": asset_id, **not_newer}, changes)

    def note_images(self, asset_id: str, version: int, images: ImagesSummary, now: datetime) -> Asset | None:
        changes = {"images": images.model_dump(), "updated_at": now}
        return self._set({"_id": asset_id, "current_version": version}, changes)

    def choose_poster(self, asset_id: str, poster: ChosenPoster | None, now: datetime) -> Asset | None:
        chosen = None if poster is None else poster.model_dump()
        return self._set({"_id": asset_id}, {"chosen_poster": chosen, "updated_at": now})

    def show_to(self, asset_id: str, visibility: Visibility | None, now: datetime) -> Asset | None:
        return self._set({"_id": asset_id}, {"visibility": visibility, "updated_at": now})

    def put_text_track(
        self, asset_id: str, track: TextTrack, now: datetime, *, over: int | None = None
    ) -> Asset | None:
        changes = {f"text_tracks.{track.key}": track.model_dump(), "updated_at": now}
        return self._set({"_id": asset_id, **_edit(track, over)}, changes)

    def remove_text_track(
        self, asset_id: str, track: TextTrack, now: datetime, *, over: int | None = None
    ) -> Asset | None:
        changes = {"$unset": {f"text_tracks.{track.key}": ""}, "$set": {"updated_at": now}}
        return self._update({"_id": asset_id, **_edit(track, over)}, changes)

    def note_captions(self, asset_id: str, captions: CaptionsSummary, now: datetime) -> Asset | None:
        wanted = {"_id": asset_id, **_not_newer("captions", captions.asset_version)}
        return self._set(wanted, {"captions": captions.model_dump(), "updated_at": now})

    def note_analysis(
        self, asset_id: str, pointer: AnalysisPointer, chapters: Sequence[Chapter], now: datetime
    ) -> Asset | None:
        wanted = {"_id": asset_id, **_not_newer("analysis", pointer.asset_version)}
        found = {"analysis": pointer.model_dump(), "chapters": [chapter.model_dump() for chapter in chapters]}
        return self._set(wanted, {**found, "updated_at": now})

    def moderate(
        self, asset_id: str, hold: ModerationHold, now: datetime, *, instead_of: HoldState | None = None
    ) -> Asset | None:
        version = hold.asset_version
        wanted: dict[str, Any] = {"moderation.asset_version": version, "moderation.state": instead_of}
        if instead_of is None:
            undecided = {"moderation.asset_version": version, "moderation.decided_by": None}
            older = {"moderation.asset_version": {"$lt": version}}
            wanted = {"$or": [{"moderation": None}, older, undecided]}
        return self._set({"_id": asset_id, **wanted}, {"moderation": hold.model_dump(), "updated_at": now})

    def belong_to(self, asset_id: str, movie_id: str, now: datetime) -> Asset | None:
        return self._set({"_id": asset_id}, {"movie_id": movie_id, "updated_at": now})

    def fail(self, asset_id: str, error: Problem, now: datetime) -> None:
        self._set(
            {"_id": asset_id, "current_version": None},
            {"status": "failed", "playable_version": None, "error": error.model_dump(), "updated_at": now},
        )

    def delete(self, asset_id: str) -> None:
        self._database.run(COLLECTION, lambda assets: assets.delete_one({"_id": asset_id}))

    def _set(self, wanted: dict[str, Any], changes: dict[str, Any]) -> Asset | None:
        return self._update(wanted, {"$set": plain(changes)})

    def _update(self, wanted: dict[str, Any], changes: dict[str, Any]) -> Asset | None:
        found = self._database.run(
            COLLECTION,
            lambda assets: assets.find_one_and_update(wanted, changes, return_document=ReturnDocument.AFTER),
        )
        return from_document(Asset, found)


def _edit(track: TextTrack, over: int | None) -> dict[str, Any]:
    """That the track in the document is the one to be written over."""
    if over is None:
        return {}
    return {f"text_tracks.{track.key}.version": over if over else None}


def _not_newer(field: str, version: int) -> dict[str, Any]:
    return {"$or": [{field: None}, {f"{field}.asset_version": {"$lte": version}}]}
