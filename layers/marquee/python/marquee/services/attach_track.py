"""Give an asset's version a text track, or another edit of one: files, then the document, then the lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from marquee.domain.assets import Asset
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, NotFound, Outdated
from marquee.domain.media import Model
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore
from marquee.domain.text_tracks import Cue, TextKind, TextSource, TextTrack, track_id, track_key
from marquee.media.probe_languages import UNDETERMINED, language_name
from marquee.services.discard_outputs import discard_of_deleted
from marquee.services.list_text import ListText
from marquee.services.track_files import TrackFiles

CAS_ATTEMPTS = 5
# Who comes later writes over what is worth no more: never a machine over what the film brought, and neither over
# what people wrote.
WORTH: dict[TextSource, int] = {
    "sphinx": 0,
    "transcribe": 0,
    "whisper": 0,
    "embedded": 1,
    "aligned": 2,
    "sidecar": 2,
    "edited": 2,
}


class NewTrack(Model):
    """A track to be. `language` as RFC 5646; `label` None: the language's name; `number` from 2 for those alike."""

    language: str
    kind: TextKind
    source: TextSource
    label: str | None = None
    draft: bool = False
    default: bool = False
    sdh: bool = False
    number: int = 1

    @property
    def id(self) -> str:
        return track_id(self.language, self.kind, sdh=self.sdh, number=self.number)


def nobody(asset_id: str) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class AttachTrack:
    """May be called again with the same: the track stays at its version. `cues` are in order and apart (`repair`).

    `changed` is told the asset that has another text now."""

    assets: AssetStore
    objects: ObjectStore
    media_bucket: str
    clock: Clock = utc_now
    changed: Callable[[str], None] = nobody

    def __call__(
        self,
        asset_id: str,
        asset_version: int,
        new: NewTrack,
        cues: Sequence[Cue],
        *,
        over: int | None = None,
        duration_seconds: float | None = None,
    ) -> TextTrack:
        """The track as it is now. `over`: only over that version of it (0: only where there is none).
        `duration_seconds`: the film's, where it is known better than its asset tells.

        Where something worth more stands already, that stays (`WORTH`). Raises NotFound for an asset
        that is gone, Outdated when the track is another version by now.
        """
        for _ in range(CAS_ATTEMPTS):
            asset = self._asset(asset_id)
            there = asset.text_tracks.get(track_key(asset_version, new.id))
            _check(there, over)
            if there is not None and WORTH[new.source] < WORTH[there.source]:
                return there
            track = self._write(asset, asset_version, new, cues, there, duration_seconds or asset.duration_seconds)
            if track == there or self._put(asset_id, track, there):
                self.list_text(asset_id, asset_version)
                self.changed(asset_id)
                self.files.forget_old(asset_id, track)
                return track
            discard_of_deleted(self.assets, self.objects, self.media_bucket, asset_id)
        raise Conflict("The track is changed by others all the time; try again.", code="contended")

    @property
    def files(self) -> TrackFiles:
        return TrackFiles(self.objects, self.media_bucket)

    @property
    def list_text(self) -> ListText:
        return ListText(self.assets, self.objects, self.media_bucket)

    def _asset(self, asset_id: str) -> Asset:
        asset = self.assets.get(asset_id)
        if asset is None:
            raise NotFound("There is no such asset.")
        return asset

    def _write(
        self,
        asset: Asset,
        asset_version: int,
        new: NewTrack,
        cues: Sequence[Cue],
        there: TextTrack | None,
        known_seconds: float | None,
    ) -> TextTrack:
        duration = known_seconds or max((cue.end_seconds for cue in cues), default=0.0)
        url = self.files.publish(asset.id, asset_version, new.id, cues, duration)
        track = TextTrack(
            id=new.id,
            asset_version=asset_version,
            kind=new.kind,
            language=new.language,
            label=new.label or label_of(new),
            source=new.source,
            draft=new.draft,
            default=new.default,
            sdh=new.sdh,
            version=1 if there is None else there.version,
            cue_count=len(cues),
            url=url,
        )
        if track == there:
            return track
        later = track.model_copy(update={"version": 1 if there is None else there.version + 1})
        return self.files.keep(asset.id, later, cues, self.clock())

    def _put(self, asset_id: str, track: TextTrack, there: TextTrack | None) -> bool:
        over = 0 if there is None else there.version
        return self.assets.put_text_track(asset_id, track, self.clock(), over=over) is not None


def label_of(new: NewTrack) -> str:
    """`English`, `English (SDH)`, `German (forced)`; a language without a name here by its tag."""
    name = "Subtitles" if new.language == UNDETERMINED else language_name(new.language) or new.language
    more = [word for word, is_so in (("SDH", new.sdh), ("forced", new.kind == "forced")) if is_so]
    return f"{name} ({', '.join(more)})" if more else name


def _check(there: TextTrack | None, over: int | None) -> None:
    if over is not None and over != (0 if there is None else there.version):
        raise Outdated("The track has been changed since it was read; read it again.")
