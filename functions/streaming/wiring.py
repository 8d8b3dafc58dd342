"""What the routes of `streaming` work with, built on first use."""

from functools import cached_property

from marquee.entry.cookies import CookieRules
from marquee.entry.playback_wiring import PlaybackWiring
from marquee.entry.wiring import ANSWERING_SECONDS, CacheWiring, DatabaseWiring
from marquee.services.open_session import OpenSession, RenewSession
from marquee.services.playback_rights import OpenRights, Rights, SignedRights
from marquee.services.show_playlist import ShowPlaylist

from streaming.settings import Settings


class StreamingWiring(DatabaseWiring[Settings], CacheWiring[Settings], PlaybackWiring[Settings]):
    """Use cases of streaming."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def rights(self) -> Rights:
        settings = self.settings
        if settings.playback == "open":
            return OpenRights(settings.lifetime)
        return SignedRights(self.signer, self.revoked, lambda: self.site, settings.lifetime, settings.visibility)

    @cached_property
    def cookies(self) -> CookieRules:
        return CookieRules(secure=self.settings.secure_cookies)

    @cached_property
    def open_session(self) -> OpenSession:
        return OpenSession(self.assets, self.rights)

    @cached_property
    def renew_session(self) -> RenewSession:
        return RenewSession(self.rights, self.open_session)

    @cached_property
    def show_playlist(self) -> ShowPlaylist:
        bucket = self.settings.media_bucket
        return ShowPlaylist(self.objects, bucket, self.signer, self.revoked, lambda: self.site)


wiring = StreamingWiring(Settings)
