"""The right to watch: given to everybody, or signed for one viewer and one asset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from marquee.domain.assets import Asset
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Forbidden
from marquee.domain.identity import Principal
from marquee.domain.playback import (
    PlaybackSession,
    PlaybackSigner,
    RevocationList,
    Visibility,
    check_may_watch,
    mark_of,
    names_of,
    policy_of,
    resource_of,
    session_of,
)
from marquee.domain.signed import SignedPolicy


@dataclass(frozen=True)
class Right:
    """`session` and `signed` are None where everybody may watch."""

    expires_at: datetime
    session: PlaybackSession | None = None
    signed: SignedPolicy | None = None


class Rights(Protocol):
    """Who may watch what."""

    def grant(self, asset: Asset, viewer: Principal) -> Right:
        """Raises `Unauthenticated`, `Forbidden`, and `TransientError` when nothing can be signed now."""
        ...

    def check_renewable(self, session_id: str, viewer: Principal) -> str:
        """The asset of a session that its viewer may go on with. Raises `NotFound` and `Forbidden`."""
        ...


@dataclass(frozen=True)
class OpenRights:
    """Playback is open: a session says until when an address will do, no more."""

    lifetime: timedelta
    clock: Clock = utc_now

    def grant(self, asset: Asset, viewer: Principal) -> Right:
        return Right(self.clock() + self.lifetime)

    def check_renewable(self, session_id: str, viewer: Principal) -> str:
        return session_of(session_id).asset_id


@dataclass(frozen=True)
class SignedRights:
    """Playback is closed. `site` gives the address that viewers use, `https://host`."""

    signer: PlaybackSigner
    revoked: RevocationList
    site: Callable[[], str]
    lifetime: timedelta
    visibility: Visibility
    clock: Clock = utc_now

    def grant(self, asset: Asset, viewer: Principal) -> Right:
        check_may_watch(asset.visibility or self.visibility, viewer)
        expires_at = (self.clock() + self.lifetime).replace(microsecond=0)
        session = PlaybackSession(asset.id, mark_of(viewer.subject), int(expires_at.timestamp()))
        policy = policy_of(session, resource_of(self.site(), asset.id))
        return Right(expires_at, session, SignedPolicy(policy, self.signer.sign(policy)))

    def check_renewable(self, session_id: str, viewer: Principal) -> str:
        session = session_of(session_id)
        if not is_owner(session, viewer):
            raise Forbidden("This is another viewer's session.")
        check_not_revoked(session, self.revoked)
        return session.asset_id


def check_not_revoked(session: PlaybackSession, revoked: RevocationList) -> None:
    """Raises `Forbidden`, and `TransientError` when the list is away."""
    ends = revoked.ends(names_of(session))
    if any(session.ends_at <= until for until in ends.values()):
        raise Forbidden("This session was revoked.", code="session_revoked")


def is_owner(session: PlaybackSession, viewer: Principal) -> bool:
    """Nobody owns a session that was opened without a token."""
    return viewer.subject is not None and mark_of(viewer.subject) == session.mark
