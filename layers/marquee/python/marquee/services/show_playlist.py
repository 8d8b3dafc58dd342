"""Playlists whose every address is signed, for players that keep no cookies."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from marquee.domain import keys
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Forbidden, NotFound
from marquee.domain.playback import (
    PlaybackSession,
    PlaybackSigner,
    RevocationList,
    Signature,
    policy_of,
    resource_of,
    session_of,
)
from marquee.domain.ports import ObjectStore
from marquee.domain.signed import SignedPolicy, decoded, encoded
from marquee.services.playback_rights import check_not_revoked

PLAYLISTS = "/api/v1/streaming/playlists"
HLS = "application/vnd.apple.mpegurl"
DASH = "application/dash+xml"
# A playlist that is whole does not change for as long as its addresses hold; one that grows does all the time.
WHOLE, GROWING = "private, max-age=300", "private, max-age=1"

# A rendition's or audio track's folder, or one of a text track's, which may have capitals: `tpt-BR.0a1b2c3d4e5f`.
_NAME = re.compile(r"(?:[A-Za-z0-9-]{1,60}(?:\.[a-f0-9]{1,64})?/)?[a-z]{1,20}\.(m3u8|mpd)")
_URI = re.compile(r'URI="([^"]+)"')
_TEMPLATE = re.compile(r'\b(initialization|media)="([^"]+)"')
_BASE_URL = re.compile(r"<BaseURL>([^<]+)</BaseURL>")


class Playlist(NamedTuple):
    """An answer's body, type and headers."""

    text: str
    content_type: str
    headers: dict[str, str]


@dataclass(frozen=True)
class ShowPlaylist:
    """`GET /streaming/playlists/{session}/{version}/…`; `site` as for `SignedRights`."""

    objects: ObjectStore
    media_bucket: str
    signer: PlaybackSigner
    revoked: RevocationList
    site: Callable[[], str]
    clock: Clock = utc_now

    def __call__(self, session_id: str, version: int, name: str, key_id: str, signature: str) -> Playlist:
        """Raises `Forbidden` for a session that is not signed so, has ended, or was revoked: that is asked when
        somebody begins to watch. Playlists of tracks are fetched again and again while they grow; what they
        name is behind the edge, which asks it of every segment."""
        session = session_of(session_id)
        signed = self._signed(session, Signature(key_id, decoded(signature)))
        if not _NAME.fullmatch(name):
            raise NotFound("There is no such playlist.")
        if "/" not in name:
            check_not_revoked(session, self.revoked)
        prefix = keys.media_prefix(session.asset_id, version)
        found = self.objects.get(self.media_bucket, prefix + name)
        if found is None:
            raise NotFound("There is no such playlist.")
        text = found.body.decode()
        if name.endswith(".mpd"):
            return Playlist(_signed_manifest(text, prefix, signed), DASH, {"Cache-Control": WHOLE})
        # the playlist of playlists has no end of its own: it grows by renditions
        whole = "#EXT-X-ENDLIST" in text
        folder = name.rpartition("/")[0]
        base = f"/{prefix}{folder}/" if folder else f"/{prefix}"
        return Playlist(_signed_hls(text, base, signed), HLS, {"Cache-Control": WHOLE if whole else GROWING})

    def _signed(self, session: PlaybackSession, signature: Signature) -> SignedPolicy:
        policy = policy_of(session, resource_of(self.site(), session.asset_id))
        if not self.signer.verifies(policy, signature) or session.ends_at <= self.clock().timestamp():
            raise Forbidden("This session has ended, or is none of ours.", code="session_ended")
        return SignedPolicy(policy, signature)


def signed_playlist_url(session: PlaybackSession, version: int, signed: SignedPolicy) -> str:
    """Where a session's first playlist is."""
    return f"{PLAYLISTS}/{session.id}/{version}/{keys.MULTIVARIANT_PLAYLIST}?{_own_query(signed)}"


def _own_query(signed: SignedPolicy) -> str:
    """Our own names: CloudFront takes its own away from whatever passes it."""
    return f"key={signed.signature.key_id}&signature={encoded(signed.signature.value)}"


def _signed_hls(text: str, base: str, signed: SignedPolicy) -> str:
    def address(uri: str) -> str:
        if uri.endswith(".m3u8"):
            return f"{uri}?{_own_query(signed)}"  # beside this one, through here again
        return f"{base}{uri}?{signed.query()}"

    lines = (
        _URI.sub(lambda found: f'URI="{address(found[1])}"', line)
        if line.startswith("#")
        else (address(line) if line else line)
        for line in text.splitlines()
    )
    return "\n".join(lines) + "\n"


def _signed_manifest(text: str, prefix: str, signed: SignedPolicy) -> str:
    query = signed.query().replace("&", "&amp;")
    segments = _TEMPLATE.sub(lambda found: f'{found[1]}="/{prefix}{found[2]}?{query}"', text)
    return _BASE_URL.sub(lambda found: f"<BaseURL>/{prefix}{found[1]}?{query}</BaseURL>", segments)
