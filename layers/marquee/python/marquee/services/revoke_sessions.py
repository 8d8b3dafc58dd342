"""End playback sessions before their time: one, all of a viewer, or all of an asset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, model_validator

from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Forbidden
from marquee.domain.identity import Principal
from marquee.domain.media import Model
from marquee.domain.playback import (
    RevocationList,
    asset_name,
    mark_of,
    session_name,
    session_of,
    viewer_name,
)
from marquee.services.playback_rights import is_owner

Name = Annotated[str, Field(min_length=1, max_length=200)]


class RevocationRequest(Model):
    """Body of `POST /streaming/revocations`: a viewer (the subject of his tokens), or an asset."""

    viewer: Name | None = None
    asset_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,100}$")] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> RevocationRequest:
        if (self.viewer is None) == (self.asset_id is None):
            raise ValueError("name a viewer or an asset")
        return self


class Revocation(Model):
    """Sessions opened until now are refused; by `expires_at` all of them would have ended."""

    viewer: str | None
    asset_id: str | None
    expires_at: datetime


@dataclass(frozen=True)
class EndSession:
    """`DELETE /streaming/sessions/{id}`: by its viewer, or an administrator."""

    revoked: RevocationList
    clock: Clock = utc_now

    def __call__(self, session_id: str, caller: Principal) -> None:
        session = session_of(session_id)
        if not caller.is_admin and not is_owner(session, caller):
            raise Forbidden("This is another viewer's session.")
        if session.ends_at > self.clock().timestamp():
            self.revoked.add(session_name(session), session.ends_at)


@dataclass(frozen=True)
class RevokeSessions:
    """`POST /streaming/revocations`. `lifetime` is the longest that a session may have."""

    revoked: RevocationList
    lifetime: timedelta
    clock: Clock = utc_now

    def __call__(self, wanted: RevocationRequest) -> Revocation:
        expires_at = (self.clock() + self.lifetime).replace(microsecond=0)
        name = asset_name(wanted.asset_id) if wanted.asset_id else viewer_name(mark_of(wanted.viewer))
        self.revoked.add(name, int(expires_at.timestamp()))
        return Revocation(viewer=wanted.viewer, asset_id=wanted.asset_id, expires_at=expires_at)


@dataclass(frozen=True)
class DropEndedRevocations:
    """By schedule: entries that no living session is under leave the list."""

    revoked: RevocationList
    clock: Clock = utc_now

    def __call__(self) -> int:
        return self.revoked.drop_ended(int(self.clock().timestamp()))
