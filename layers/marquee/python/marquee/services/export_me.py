"""Everything personal that is kept of the caller, in one document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from marquee.domain.accounts import Accounts, Consent, PersonalData
from marquee.domain.clock import Clock, utc_now
from marquee.domain.identity import ROLES, Principal, Role
from marquee.services.signed_in_user import SignedInUser


class Export(BaseModel):
    """`account` is what the identity provider knows; `data` what each area keeps, by its name."""

    format_version: int = 1
    exported_at: datetime
    subject: str
    roles: list[Role]
    account: Mapping[str, Any] | None
    created_at: datetime
    seen_at: datetime
    terms: list[Consent]
    data: dict[str, list[Mapping[str, Any]]]


@dataclass(frozen=True)
class ExportMe:
    """`GET /me/export`."""

    user_of: SignedInUser
    accounts: Accounts
    personal: Sequence[PersonalData]
    clock: Clock = utc_now

    def __call__(self, principal: Principal) -> Export:
        """Raises `TransientError` rather than leaving out what cannot be read just now."""
        user = self.user_of(principal)
        return Export(
            exported_at=self.clock(),
            subject=user.id,
            roles=[role for role in ROLES if role in principal.roles],
            account=self.accounts.attributes(user.id),
            created_at=user.created_at,
            seen_at=user.seen_at,
            terms=list(user.consents),
            data={area.name: list(area.export(user.id)) for area in self.personal},
        )
