"""Uploads in the database (`domain.stores.UploadStore`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pymongo import ASCENDING, ReturnDocument

from marquee.adapters.database import Database
from marquee.adapters.documents import add_once, from_document, models_of, to_document
from marquee.domain.uploads import Upload, UploadStatus

COLLECTION = "uploads"


class DatabaseUploads:
    """Uploads, one document each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, upload: Upload) -> None:
        add_once(self._database, COLLECTION, to_document(upload))

    def get(self, upload_id: str) -> Upload | None:
        found = self._database.run(COLLECTION, lambda uploads: uploads.find_one({"_id": upload_id}))
        return from_document(Upload, found)

    def close(self, upload_id: str, status: UploadStatus, now: datetime) -> Upload | None:
        changes: dict[str, object] = {"status": status}
        if status == "completed":
            changes["completed_at"] = now
        found = self._database.run(
            COLLECTION,
            lambda uploads: uploads.find_one_and_update(
                {"_id": upload_id, "status": "created"},
                {"$set": changes},
                return_document=ReturnDocument.AFTER,
            ),
        )
        return from_document(Upload, found)

    def expired(self, now: datetime, limit: int) -> Sequence[Upload]:
        found = self._database.run(
            COLLECTION,
            lambda uploads: list(
                uploads.find({"status": "created", "expires_at": {"$lt": now}})
                .sort([("expires_at", ASCENDING), ("_id", ASCENDING)])
                .limit(limit)
            ),
        )
        return models_of(Upload, found)

    def delete(self, upload_id: str) -> None:
        self._database.run(COLLECTION, lambda uploads: uploads.delete_one({"_id": upload_id}))
