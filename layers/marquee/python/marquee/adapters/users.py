"""Users in the database (`domain.accounts.UserStore`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from marquee.adapters.database import Database
from marquee.adapters.documents import from_document
from marquee.domain.accounts import REMEMBERED_ERASED, Consent, User

COLLECTION = "users"


class DatabaseUsers:
    """Users, one document each; the index `forget` removes them at `expires_at`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, subject: str) -> User | None:
        found = self._database.run(COLLECTION, lambda users: users.find_one({"_id": subject}))
        return from_document(User, found)

    def see(self, subject: str, now: datetime, expires_at: datetime) -> User | None:
        changes = {
            "$set": {"seen_at": now, "expires_at": expires_at},
            "$setOnInsert": {"created_at": now, "consents": []},
        }
        for _ in range(2):
            try:
                return self._change({"_id": subject, "erased_at": None}, changes, upsert=True)
            except DuplicateKeyError:
                # Erased, or made by another call at this very moment: then the second try finds it.
                continue
        return None

    def accept(self, subject: str, consent: Consent) -> User | None:
        new = {"_id": subject, "erased_at": None, "consents.version": {"$ne": consent.version}}
        changed = self._change(new, {"$push": {"consents": consent.model_dump()}})
        if changed is not None:
            return changed
        known = self.get(subject)
        return None if known is None or known.erased_at is not None else known

    def erase(self, subject: str, now: datetime) -> None:
        gone = {
            "created_at": now,
            "seen_at": now,
            "erased_at": now,
            "expires_at": now + REMEMBERED_ERASED,
            "consents": [],
        }
        self._database.run(COLLECTION, lambda users: users.replace_one({"_id": subject}, gone, upsert=True))

    def _change(self, wanted: dict[str, Any], changes: dict[str, Any], *, upsert: bool = False) -> User | None:
        found = self._database.run(
            COLLECTION,
            lambda users: users.find_one_and_update(
                wanted, changes, upsert=upsert, return_document=ReturnDocument.AFTER
            ),
        )
        return from_document(User, found)
