"""The user behind a token, for what only people with an account can do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from marquee.domain.accounts import SEEN_EVERY, User, UserStore
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Forbidden, Unauthenticated
from marquee.domain.identity import Principal


@dataclass(frozen=True)
class SignedInUser:
    """`kept`: how long an account that nobody uses is remembered."""

    users: UserStore
    kept: timedelta
    clock: Clock = utc_now

    def __call__(self, principal: Principal) -> User:
        """Raises `Forbidden` for a machine and `Unauthenticated` for an account that was deleted."""
        subject = subject_of(principal)
        now = self.clock()
        user = self.users.get(subject)
        if user is None or (user.erased_at is None and user.seen_at < now - SEEN_EVERY):
            user = self.users.see(subject, now, now + self.kept)
        if user is None or user.erased_at is not None:
            raise Unauthenticated("This account has been deleted.", code="account_deleted")
        return user


def subject_of(principal: Principal) -> str:
    """Raises `Forbidden` for machines: they have no account."""
    if principal.machine:
        raise Forbidden("Machine clients have no account.", code="no_account")
    if principal.subject is None:
        raise Unauthenticated("Sign in first.")
    return principal.subject
