"""A person accepts the terms; the first acceptance of a version is what counts."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, Field

from marquee.domain.accounts import Consent, UserStore
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, Unauthenticated
from marquee.domain.identity import Principal
from marquee.services.show_me import TermsAnswer, terms_of
from marquee.services.signed_in_user import SignedInUser


class Acceptance(BaseModel):
    """`version`: of the terms that were shown."""

    version: str = Field(min_length=1, max_length=32)


@dataclass(frozen=True)
class AcceptTerms:
    """`POST /me/terms`."""

    users: UserStore
    user_of: SignedInUser
    terms_version: str
    clock: Clock = utc_now

    def __call__(self, principal: Principal, acceptance: Acceptance) -> TermsAnswer:
        """Raises `Conflict` (`terms_outdated`) when other terms are in force than the ones accepted."""
        user = self.user_of(principal)
        if acceptance.version != self.terms_version:
            raise Conflict(f"The terms in force are {self.terms_version}.", code="terms_outdated")
        accepted = self.users.accept(user.id, Consent(version=acceptance.version, accepted_at=self.clock()))
        if accepted is None:
            raise Unauthenticated("This account has been deleted.", code="account_deleted")
        return terms_of(accepted, self.terms_version)
