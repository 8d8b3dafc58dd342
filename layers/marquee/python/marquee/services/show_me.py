"""Who the caller is, and whether the current terms are accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from marquee.domain.accounts import User
from marquee.domain.identity import ROLES, Principal, Role, Tier
from marquee.services.signed_in_user import SignedInUser


class TermsAnswer(BaseModel):
    """`current_version` is what is asked for; `accepted_version` what was accepted last, if anything."""

    current_version: str
    accepted_version: str | None
    accepted_at: datetime | None
    must_accept: bool


class Me(BaseModel):
    """`machine`: a program, which has no account; then `created_at` and `terms` are null."""

    subject: str
    machine: bool
    roles: list[Role]
    tier: Tier
    created_at: datetime | None
    terms: TermsAnswer | None


@dataclass(frozen=True)
class ShowMe:
    """`GET /me`."""

    user_of: SignedInUser
    terms_version: str

    def __call__(self, principal: Principal) -> Me:
        if principal.machine:
            return _me(principal, None, None)
        user = self.user_of(principal)
        return _me(principal, user.created_at, terms_of(user, self.terms_version))


def _me(principal: Principal, created_at: datetime | None, terms: TermsAnswer | None) -> Me:
    return Me(
        subject=str(principal.subject),
        machine=principal.machine,
        roles=[role for role in ROLES if role in principal.roles],
        tier=principal.tier,
        created_at=created_at,
        terms=terms,
    )


def terms_of(user: User, current_version: str) -> TermsAnswer:
    latest = user.consents[-1] if user.consents else None
    return TermsAnswer(
        current_version=current_version,
        accepted_version=latest.version if latest else None,
        accepted_at=latest.accepted_at if latest else None,
        must_accept=all(consent.version != current_version for consent in user.consents),
    )
