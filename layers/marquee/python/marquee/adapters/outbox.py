"""Events in the database (`domain.webhook_stores.Outbox`) and the way into it (`domain.events.Events`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError, PyMongoError

from marquee.adapters.database import Database
from marquee.adapters.documents import models_of, to_document
from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import MarqueeError
from marquee.domain.events import Event
from marquee.domain.webhook_stores import Deliverer
from marquee.domain.webhooks import KEPT

COLLECTION = "events"
SWEEP = "sweep"  # the one document that is no event

logger = logging.getLogger("marquee.events")


class DatabaseOutbox:
    """One document an event; the index `forget` removes them after their time."""

    def __init__(self, database: Database, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    def put(self, event: Event) -> bool:
        document = {**to_document(event), "waiting": True, "expires_at": self._clock() + KEPT}
        try:
            self._database.run(COLLECTION, lambda events: events.insert_one(dict(document)))
        except DuplicateKeyError:
            return False
        return True

    def known(self, event_ids: Collection[str]) -> frozenset[str]:
        if not event_ids:
            return frozenset()
        found = self._database.run(
            COLLECTION,
            lambda events: list(events.find({"_id": {"$in": list(event_ids)}}, {"_id": 1}).sort("_id", ASCENDING)),
        )
        return frozenset(document["_id"] for document in found)

    def waiting(self, limit: int) -> Sequence[Event]:
        return self._oldest({"waiting": True}, limit)

    def done(self, event_id: str) -> None:
        self._change([event_id], {"$unset": {"waiting": ""}, "$set": {"unpublished": True}})

    def drop(self, event_id: str) -> None:
        self._change([event_id], {"$unset": {"waiting": ""}})

    def unpublished(self, limit: int) -> Sequence[Event]:
        return self._oldest({"unpublished": True}, limit)

    def published(self, event_ids: Collection[str]) -> None:
        if event_ids:
            self._change(event_ids, {"$unset": {"unpublished": ""}})

    def swept_until(self) -> datetime | None:
        found = self._database.run(COLLECTION, lambda events: events.find_one({"_id": SWEEP}))
        return None if found is None else found["until"]

    def set_swept_until(self, moment: datetime) -> None:
        self._database.run(
            COLLECTION, lambda events: events.update_one({"_id": SWEEP}, {"$max": {"until": moment}}, upsert=True)
        )

    def _oldest(self, wanted: dict[str, Any], limit: int) -> Sequence[Event]:
        order = [("timestamp", ASCENDING), ("_id", ASCENDING)]
        found = self._database.run(COLLECTION, lambda events: list(events.find(wanted).sort(order).limit(limit)))
        return models_of(Event, found)

    def _change(self, event_ids: Collection[str], change: dict[str, Any]) -> None:
        self._database.run(COLLECTION, lambda events: events.update_many({"_id": {"$in": list(event_ids)}}, change))


class OutboxEvents:
    """Says facts into the outbox: an insert each, and a word to whoever tells them on."""

    def __init__(self, database: Database, deliverer: Callable[[], Deliverer]) -> None:
        self._outbox = DatabaseOutbox(database)
        self._deliverer = deliverer

    def announce(self, event: Event) -> None:
        try:
            self._outbox.put(event)
        except (MarqueeError, PyMongoError):
            logger.warning("event not said yet", exc_info=True, extra={"event_id": event.id})
            return
        # Also when it was said before: an intended fact stands only now.
        self._deliverer().wake()

    def intend(self, event: Event) -> None:
        self._outbox.put(event)
