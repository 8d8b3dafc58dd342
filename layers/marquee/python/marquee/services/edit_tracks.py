"""Text tracks through the API: read, brought as files, edited, taken away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from marquee.domain.assets import Asset
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, NotFound, Outdated
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore
from marquee.domain.text_tracks import TextTrack, track_id, track_key
from marquee.media.subtitles_read import read_cues
from marquee.media.subtitles_repair import repair
from marquee.services.attach_track import AttachTrack, NewTrack, nobody
from marquee.services.track_answers import (
    EditionsAnswer,
    NewSidecar,
    TrackAnswer,
    TrackEdit,
    TracksAnswer,
    TrackWithCues,
    edition_answer,
    track_answer,
    track_with_cues,
)
from marquee.services.track_files import TrackFiles

MAX_TRACKS = 64


@dataclass(frozen=True)
class EditTracks:
    """The use cases of `/assets/{id}/tracks`, of the version that is played. `changed` is told the asset that has
    another text now.

    All raise NotFound for an asset or track that is not there.
    """

    assets: AssetStore
    objects: ObjectStore
    media_bucket: str
    clock: Clock = utc_now
    changed: Callable[[str], None] = nobody

    def list(self, asset_id: str) -> TracksAnswer:
        """`GET /assets/{id}/tracks`."""
        asset = _found(self.assets.get(asset_id))
        return TracksAnswer(items=tuple(track_answer(t) for t in asset.tracks_of(asset.version_to_play)))

    def show(self, asset_id: str, track_id: str, edition: int | None = None) -> TrackWithCues:
        """`GET /assets/{id}/tracks/{track_id}`; `edition` None: the one that is shown to viewers."""
        track = self._track(asset_id, track_id)
        number = track.version if edition is None else edition
        return track_with_cues(self._files.edition(asset_id, track.asset_version, track.id, number))

    def editions(self, asset_id: str, track_id: str) -> EditionsAnswer:
        """`GET /assets/{id}/tracks/{track_id}/versions`."""
        kept = self._files.editions(asset_id, self._track(asset_id, track_id))
        return EditionsAnswer(items=tuple(edition_answer(edition) for edition in kept))

    def add(self, asset_id: str, new: NewSidecar) -> TrackAnswer:
        """`POST /assets/{id}/tracks`. Takes the place of what a machine heard, and of nothing else.

        Raises InvalidRequest for a file that cannot be read or mended, Conflict when there is such a track already
        or nothing to show it with.
        """
        asset = _found(self.assets.get(asset_id))
        version = _version(asset)
        mended = repair(read_cues(new.text), asset.duration_seconds)
        track = NewTrack(
            language=new.language,
            kind=new.text_kind,
            source="sidecar",
            label=new.label,
            default=new.default,
            sdh=new.sdh,
        )
        there = asset.text_tracks.get(track_key(version, track.id))
        _refuse_double(there)
        if there is None and len(asset.tracks_of(version)) >= MAX_TRACKS:
            raise Conflict(f"The film has {MAX_TRACKS} text tracks; that is all it can have.", code="too_many_tracks")
        made = self._attach(asset_id, version, track, mended.cues, over=0 if there is None else there.version)
        return track_answer(made, mended.notes)

    def edit(self, asset_id: str, track_id: str, edit: TrackEdit, tag: str | None) -> TrackAnswer:
        """`PUT /assets/{id}/tracks/{track_id}`. `tag`: the version that the caller's `If-Match` names.

        Somebody has read it now: it is no draft any more. Raises Outdated, and InvalidRequest as `add` does.
        """
        asset = _found(self.assets.get(asset_id))
        there = self._of(asset, track_id)
        _check_tag(there, tag)
        mended = repair(edit.given_cues(), asset.duration_seconds)
        track = NewTrack(
            language=there.language,
            kind=there.kind,
            source="edited",
            label=edit.label or there.label,
            default=there.default if edit.default is None else edit.default,
            sdh=there.sdh,
            number=_number_of(there),
        )
        made = self._attach(asset_id, there.asset_version, track, mended.cues, over=there.version)
        return track_answer(made, mended.notes)

    def remove(self, asset_id: str, track_id: str, tag: str | None) -> None:
        """`DELETE /assets/{id}/tracks/{track_id}`, with all its versions. Raises Outdated."""
        track = self._track(asset_id, track_id)
        _check_tag(track, tag)
        if self.assets.remove_text_track(asset_id, track, self.clock(), over=track.version) is None:
            raise Outdated("The track has been changed since it was read; read it again.")
        self._attach.list_text(asset_id, track.asset_version)
        self.changed(asset_id)
        self._files.remove(asset_id, track)

    @property
    def _attach(self) -> AttachTrack:
        return AttachTrack(self.assets, self.objects, self.media_bucket, self.clock, self.changed)

    @property
    def _files(self) -> TrackFiles:
        return TrackFiles(self.objects, self.media_bucket)

    def _track(self, asset_id: str, track_id: str) -> TextTrack:
        return self._of(_found(self.assets.get(asset_id)), track_id)

    def _of(self, asset: Asset, track_id: str) -> TextTrack:
        track = next((t for t in asset.tracks_of(asset.version_to_play) if t.id == track_id), None)
        if track is None:
            raise NotFound("The film has no such text track.")
        return track


def _found(asset: Asset | None) -> Asset:
    if asset is None:
        raise NotFound("There is no such asset.")
    return asset


def _version(asset: Asset) -> int:
    if asset.version_to_play is None:
        raise Conflict("The film cannot be watched yet; bring its text when it can.", code="not_playable")
    return asset.version_to_play


def _refuse_double(there: TextTrack | None) -> None:
    if there is not None and not there.draft:
        raise Conflict(
            f"There is such a track; change it with PUT, or remove it first: {there.id}.", code="track_exists"
        )


def _check_tag(track: TextTrack, tag: str | None) -> None:
    if tag is not None and tag != str(track.version):
        raise Outdated("The track has been changed since it was read; read it again.")


def _number_of(track: TextTrack) -> int:
    """Which it is of those alike."""
    plain = track_id(track.language, track.kind, sdh=track.sdh)
    return 1 if track.id == plain else int(track.id.removeprefix(f"{plain}-"))
