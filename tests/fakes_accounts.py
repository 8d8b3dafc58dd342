"""Accounts in memory, with the promises of the real stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marquee.domain.accounts import REMEMBERED_ERASED, Consent, User
from marquee.domain.errors import TransientError


class MemoryUsers:
    """`UserStore`. `writes` counts the changes."""

    def __init__(self) -> None:
        self.kept: dict[str, User] = {}
        self.writes = 0

    def get(self, subject: str) -> User | None:
        return self.kept.get(subject)

    def see(self, subject: str, now: datetime, expires_at: datetime) -> User | None:
        user = self.kept.get(subject) or User(id=subject, created_at=now, seen_at=now, expires_at=expires_at)
        if user.erased_at is not None:
            return None
        return self._put(user.model_copy(update={"seen_at": now, "expires_at": expires_at}))

    def accept(self, subject: str, consent: Consent) -> User | None:
        user = self.kept.get(subject)
        if user is None or user.erased_at is not None:
            return None
        if any(known.version == consent.version for known in user.consents):
            return user
        return self._put(user.model_copy(update={"consents": (*user.consents, consent)}))

    def erase(self, subject: str, now: datetime) -> None:
        gone = now + REMEMBERED_ERASED
        self._put(User(id=subject, created_at=now, seen_at=now, expires_at=gone, erased_at=now))

    def _put(self, user: User) -> User:
        self.writes += 1
        self.kept[user.id] = user
        return user


class MemoryAccounts:
    """`Accounts`: e-mail addresses by subject. `away`: nobody answers."""

    def __init__(self, **emails: str) -> None:
        self.emails = dict(emails)
        self.away = False

    def attributes(self, subject: str) -> Mapping[str, Any] | None:
        self._answer()
        email = self.emails.get(subject)
        if email is None:
            return None
        created_at = "2026-01-01T00:00:00Z"
        attributes = {"sub": subject, "email": email}
        return {"username": subject, "status": "CONFIRMED", "created_at": created_at, "attributes": attributes}

    def delete(self, subject: str) -> None:
        self._answer()
        self.emails.pop(subject, None)

    def _answer(self) -> None:
        if self.away:
            raise TransientError("The identity provider cannot be reached.")


class MemoryPersonalData:
    """`PersonalData`: records by subject. `away`: nobody answers."""

    name = "notes"

    def __init__(self, **records: Sequence[Mapping[str, Any]]) -> None:
        self.records = dict(records)
        self.away = False

    def export(self, subject: str) -> Sequence[Mapping[str, Any]]:
        self._answer()
        return self.records.get(subject, ())

    def erase(self, subject: str) -> int:
        self._answer()
        return len(self.records.pop(subject, ()))

    def _answer(self) -> None:
        if self.away:
            raise TransientError("The notes cannot be reached.")
