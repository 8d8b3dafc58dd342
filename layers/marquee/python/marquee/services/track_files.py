"""The objects of a text track: what players read of one edit, and all edits as they were given."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marquee.domain import keys
from marquee.domain.errors import NotFound
from marquee.domain.ports import ObjectStore, PreconditionFailed
from marquee.domain.text_tracks import Cue, TextTrack, TrackEdition
from marquee.media.subtitles_segments import render_segments, render_text_playlist, segment_spans
from marquee.media.subtitles_srt import render_srt
from marquee.media.subtitles_vtt import render_vtt
from marquee.media.text_variants import folder_of
from marquee.services.published import FOREVER_CACHE, HLS_TYPE, JSON_TYPE, SRT_TYPE, VTT_TYPE
from marquee.services.whole_film import at_once

KEPT_EDITIONS = 20
_MAX_CLAIMS = 1000


@dataclass(frozen=True)
class TrackFiles:
    """Text tracks of assets' versions in the media bucket."""

    objects: ObjectStore
    media_bucket: str

    def publish(self, asset_id: str, version: int, track_id: str, cues: Sequence[Cue], duration_seconds: float) -> str:
        """Write what players read; returns the address of its playlist, which is written last.

        The same cues have the same address: writing them again changes nothing.
        """
        spans = segment_spans(duration_seconds)
        whole = render_vtt(cues)
        digest = hashlib.sha256(f"{spans[-1]}\n{whole}".encode()).hexdigest()[:12]
        folder = keys.media_prefix(asset_id, version) + keys.text_track_folder(track_id, digest)
        texts = [(name, text, VTT_TYPE) for name, text in render_segments(cues, spans)]
        texts += [(keys.CAPTIONS_VTT, whole, VTT_TYPE), (keys.CAPTIONS_SRT, render_srt(cues), SRT_TYPE)]
        at_once(lambda text: self._put(f"{folder}/{text[0]}", text[1], text[2], cache=FOREVER_CACHE), texts)
        playlist = f"{folder}/{keys.MEDIA_PLAYLIST}"
        self._put(playlist, render_text_playlist(spans), HLS_TYPE, cache=FOREVER_CACHE)
        return f"/{playlist}"

    def keep(self, asset_id: str, track: TextTrack, cues: Sequence[Cue], now: datetime) -> TextTrack:
        """Keep an edit under the next free number from `track.version` on; returns the track with that number."""
        for number in range(track.version, track.version + _MAX_CLAIMS):
            numbered = track.model_copy(update={"version": number})
            edition = TrackEdition(track=numbered, cues=tuple(cues), made_at=now)
            key = keys.text_edition_key(asset_id, track.asset_version, track.id, number)
            try:
                self.objects.put(
                    self.media_bucket,
                    key,
                    edition.model_dump_json().encode(),
                    content_type=JSON_TYPE,
                    if_none_match=True,
                )
            except PreconditionFailed:
                continue  # a writer who died before his edit became the track, or one beside us
            return numbered
        raise RuntimeError(f"{track.id} of {asset_id} has {_MAX_CLAIMS} edits that never became it")

    def edition(self, asset_id: str, version: int, track_id: str, number: int) -> TrackEdition:
        """One edit; raises NotFound when it was never made or is not kept any more."""
        key = keys.text_edition_key(asset_id, version, track_id, number)
        stored = self.objects.get(self.media_bucket, key)
        if stored is None:
            raise NotFound("This version of the track is not kept.")
        return TrackEdition.model_validate_json(stored.body)

    def editions(self, asset_id: str, track: TextTrack) -> list[TrackEdition]:
        """The edits that were the track, the latest first."""
        prefix = keys.text_editions_prefix(asset_id, track.asset_version, track.id)
        found = sorted((head.key for head in self.objects.list(self.media_bucket, prefix)), reverse=True)
        stored = at_once(lambda key: self.objects.get(self.media_bucket, key), found)
        editions = [TrackEdition.model_validate_json(one.body) for one in stored if one is not None]
        return [edition for edition in editions if edition.track.version <= track.version]

    def forget_old(self, asset_id: str, track: TextTrack) -> None:
        """Remove the edits beyond the last `KEPT_EDITIONS`, and their files where no kept edit has the same."""
        editions = self.editions(asset_id, track)
        kept = {folder_of(edition.track) for edition in editions[:KEPT_EDITIONS]}
        prefix = keys.media_prefix(asset_id, track.asset_version)
        for old in editions[KEPT_EDITIONS:]:
            if folder_of(old.track) not in kept:
                self.objects.delete_prefix(self.media_bucket, f"{prefix}{folder_of(old.track)}/")
            key = keys.text_edition_key(asset_id, track.asset_version, track.id, old.track.version)
            self.objects.delete(self.media_bucket, key)

    def remove(self, asset_id: str, track: TextTrack) -> None:
        """Remove all edits and all their files."""
        for prefix in (keys.text_folders_prefix, keys.text_editions_prefix):
            self.objects.delete_prefix(self.media_bucket, prefix(asset_id, track.asset_version, track.id))

    def _put(self, key: str, text: str, content_type: str, *, cache: str) -> None:
        self.objects.put(self.media_bucket, key, text.encode(), content_type=content_type, cache_control=cache)
