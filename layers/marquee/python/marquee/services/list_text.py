"""Keep the lists of a whole film's text tracks: `main.m3u8` and `manifest.mpd` name those that its asset has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from marquee.domain import keys
from marquee.domain.ports import ObjectStore
from marquee.domain.stores import AssetStore
from marquee.domain.text_tracks import TextTrack
from marquee.media.text_variants import dash_with_text_tracks, hls_with_text_tracks
from marquee.services.published import DASH_TYPE, HLS_TYPE, LISTING_CACHE, revise

WithTracks = Callable[[str, Sequence[TextTrack]], str]

_LISTS: tuple[tuple[str, str, WithTracks], ...] = (
    (keys.MULTIVARIANT_PLAYLIST, HLS_TYPE, hls_with_text_tracks),
    (keys.DASH_MANIFEST, DASH_TYPE, dash_with_text_tracks),
)


@dataclass(frozen=True)
class ListText:
    """Bring the lists of `version` in line with the asset's document; called by whoever changed either.

    The document is asked after the list was read and the list is written only over what was read, so of any number
    of writers the last one lists what all of them wrote. A list that is not there yet, or grows, is left alone:
    `package` writes it and then comes here.
    """

    assets: AssetStore
    objects: ObjectStore
    media_bucket: str

    def __call__(self, asset_id: str, version: int) -> None:
        for name, content_type, with_tracks in _LISTS:

            def change(text: str | None, with_tracks: WithTracks = with_tracks) -> str | None:
                asset = None if text is None else self.assets.get(asset_id)
                if text is None or asset is None:
                    return None
                changed = with_tracks(text, asset.tracks_of(version))
                return None if changed == text else changed

            revise(
                self.objects,
                self.media_bucket,
                keys.media_prefix(asset_id, version) + name,
                change,
                content_type=content_type,
                cache_control=LISTING_CACHE,
            )
