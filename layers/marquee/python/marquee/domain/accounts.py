"""A person's account as our database knows it, and what else of a person may be kept.

Name, address and password are the identity provider's alone; here is what somebody agreed to, and when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from marquee.domain.media import Model

# A deleted account's tokens work for an hour at most; until then it must be known that it is gone.
REMEMBERED_ERASED = timedelta(hours=24)
# An account is seen at most so often: most calls only read.
SEEN_EVERY = timedelta(days=1)


class Consent(Model):
    """`version` of the terms, and when it was accepted."""

    version: str
    accepted_at: datetime


class User(Model):
    """`id` is the identity provider's subject. `expires_at`: the record goes by itself then, unless seen again.

    A deleted account leaves `erased_at` and nothing else for a while, so that tokens that still work open nothing.
    """

    id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    consents: tuple[Consent, ...] = ()
    erased_at: datetime | None = None


class UserStore(Protocol):
    """Users by subject. All methods raise `TransientError` when the database is away and may be called again."""

    def get(self, subject: str) -> User | None: ...

    def see(self, subject: str, now: datetime, expires_at: datetime) -> User | None:
        """The user, made at the first time, seen now; None for an erased one."""
        ...

    def accept(self, subject: str, consent: Consent) -> User | None:
        """The user with this consent; the first one for a version stays. None when there is no such user."""
        ...

    def erase(self, subject: str, now: datetime) -> None:
        """Forget everything but that the account is gone, and that after `REMEMBERED_ERASED`."""
        ...


class Accounts(Protocol):
    """What the identity provider keeps. Raises `TransientError` when it is away."""

    def attributes(self, subject: str) -> Mapping[str, Any] | None:
        """All it knows of a person: `{username, status, created_at, attributes:{email,…}}`; None when gone."""
        ...

    def delete(self, subject: str) -> None:
        """Remove the account; no error when it is gone."""
        ...


class PersonalData(Protocol):
    """What one area keeps of people. Each area gives its own to the export and to the deletion of an account.

    All methods raise `TransientError` when a store is away and may be called again.
    """

    @property
    def name(self) -> str:
        """Its name in the export."""
        ...

    def export(self, subject: str) -> Sequence[Mapping[str, Any]]:
        """Everything of this person, as JSON values."""
        ...

    def erase(self, subject: str) -> int:
        """Remove it all, from every store; returns how many records that were."""
        ...
