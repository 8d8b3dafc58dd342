"""What the routes of `revocations` work with, built on first use."""

from datetime import timedelta
from functools import cached_property

from marquee.entry.playback_wiring import RevocationWiring
from marquee.entry.wiring import ANSWERING_SECONDS, CacheWiring, DatabaseWiring
from marquee.services.revoke_sessions import EndSession, RevokeSessions

from revocations.settings import Settings


class RevocationsWiring(DatabaseWiring[Settings], CacheWiring[Settings], RevocationWiring[Settings]):
    """Use cases of revocations."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def end_session(self) -> EndSession:
        return EndSession(self.revoked)

    @cached_property
    def revoke_sessions(self) -> RevokeSessions:
        return RevokeSessions(self.revoked, timedelta(seconds=self.settings.session_seconds))


wiring = RevocationsWiring(Settings)
