"""Events in the database (`domain.webhook_stores.Outbox`) and the way into it (`domain.events.Events`)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

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
ENDPOINTS = "webhook_endpoints"
SWEEP = "sweep"  # the one document that is no event
ASKED_AGAIN_AFTER_SECONDS = 30.0

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
        found = self._database.run(
            COLLECTION,
            lambda events: list(
                events.find({"waiting": True}).sort([("timestamp", ASCENDING), ("_id", ASCENDING)]).limit(limit)
            ),
        )
        return models_of(Event, found)

    def done(self, event_id: str) -> None:
        self._database.run(COLLECTION, lambda events: events.update_one({"_id": event_id}, {"$unset": {"waiting": ""}}))

    def swept_until(self) -> datetime | None:
        found = self._database.run(COLLECTION, lambda events: events.find_one({"_id": SWEEP}))
        return None if found is None else found["until"]

    def set_swept_until(self, moment: datetime) -> None:
        self._database.run(
            COLLECTION, lambda events: events.update_one({"_id": SWEEP}, {"$max": {"until": moment}}, upsert=True)
        )


class OutboxEvents:
    """Says facts into the outbox while somebody wants to be told. An insert each; nothing while nobody does.

    Whether anybody does is asked once in half a minute: what that misses, the sweep finds.
    """

    def __init__(
        self,
        database: Database,
        deliverer: Callable[[], Deliverer],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._outbox = DatabaseOutbox(database)
        self._deliverer = deliverer
        self._monotonic = monotonic
        self._heard = False
        self._ask_at = 0.0

    def announce(self, event: Event) -> None:
        try:
            if not self._is_heard():
                return
            self._outbox.put(event)
        except (MarqueeError, PyMongoError):
            logger.warning("event not said yet", exc_info=True, extra={"event_id": event.id})
            return
        # Also when it was said before: an intended fact stands only now.
        self._deliverer().wake()

    def intend(self, event: Event) -> None:
        self._ask_at = 0.0  # no sweep finds this one: an old answer is not good enough
        if self._is_heard():
            self._outbox.put(event)

    def _is_heard(self) -> bool:
        if self._monotonic() >= self._ask_at:
            found = self._database.run(
                ENDPOINTS, lambda endpoints: endpoints.find_one({"status": "enabled"}, {"_id": 1})
            )
            self._heard, self._ask_at = found is not None, self._monotonic() + ASKED_AGAIN_AFTER_SECONDS
        return self._heard
