"""Stored answers of calls with an `Idempotency-Key` (`domain.stores.AnswerStore`)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from marquee.adapters.database import Database, Document
from marquee.domain.errors import IdempotencyMismatch, IdempotencyRunning

COLLECTION = "answers"
KEPT = timedelta(hours=24)
# A function that died in the middle of a call frees its key after its own longest time.
LOCKED = timedelta(seconds=60)

_STILL_RUNNING = "The first call with this Idempotency-Key is still running."


class DatabaseAnswers:
    """One document a key; the index `forget` removes them after their time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, key: str, fingerprint: str, now: datetime) -> Mapping[str, Any] | None:
        mine = {
            "_id": key,
            "fingerprint": fingerprint,
            "token": secrets.token_hex(8),
            "answer": None,
            "locked_until": now + LOCKED,
            "expires_at": now + KEPT,
        }
        if self._taken_by(mine):
            return None
        there = self._database.run(COLLECTION, lambda answers: answers.find_one({"_id": key}))
        if there is None or self._free(there, now):
            if self._taken_over(there, mine):
                return None
            raise IdempotencyRunning(_STILL_RUNNING)
        if there["token"] == mine["token"]:
            return None
        if there["fingerprint"] != fingerprint:
            raise IdempotencyMismatch("This Idempotency-Key was used with another body.")
        if there["answer"] is None:
            raise IdempotencyRunning(_STILL_RUNNING)
        stored: Mapping[str, Any] = there["answer"]
        return stored

    def finish(self, key: str, answer: Mapping[str, Any], now: datetime) -> None:
        changes = {"$set": {"answer": dict(answer), "expires_at": now + KEPT}}
        self._database.run(COLLECTION, lambda answers: answers.update_one({"_id": key}, changes))

    def forget(self, key: str) -> None:
        self._database.run(COLLECTION, lambda answers: answers.delete_one({"_id": key, "answer": None}))

    def _taken_by(self, mine: Document) -> bool:
        try:
            self._database.run(COLLECTION, lambda answers: answers.insert_one(dict(mine)))
        except DuplicateKeyError:
            return False
        return True

    def _free(self, there: Document, now: datetime) -> bool:
        """The index clears with delay, and a call may have died."""
        unfinished = there["answer"] is None and there["locked_until"] <= now
        return bool(there["expires_at"] <= now or unfinished)

    def _taken_over(self, there: Document | None, mine: Document) -> bool:
        if there is None:
            return self._taken_by(mine)
        changed = self._database.run(
            COLLECTION,
            lambda answers: answers.replace_one({"_id": mine["_id"], "token": there["token"]}, dict(mine)),
        )
        return changed.modified_count == 1
