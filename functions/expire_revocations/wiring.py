"""What `expire_revocations` works with, built on first use."""

from functools import cached_property

from marquee.entry.playback_wiring import RevocationWiring
from marquee.services.revoke_sessions import DropEndedRevocations

from expire_revocations.settings import Settings


class ExpireRevocationsWiring(RevocationWiring[Settings]):
    """The use case of expire_revocations."""

    @cached_property
    def drop_ended(self) -> DropEndedRevocations:
        return DropEndedRevocations(self.revoked)


wiring = ExpireRevocationsWiring(Settings)
