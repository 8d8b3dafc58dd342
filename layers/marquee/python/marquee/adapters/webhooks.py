"""Webhook endpoints and deliveries in the database (`domain.webhook_stores`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING

from marquee.adapters.database import Database
from marquee.adapters.documents import add_once, from_document, models_of, to_document
from marquee.domain.webhooks import Delivery, Endpoint

ENDPOINTS = "webhook_endpoints"
DELIVERIES = "webhook_deliveries"


class DatabaseEndpoints:
    """Endpoints, one document each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, endpoint: Endpoint) -> None:
        add_once(self._database, ENDPOINTS, to_document(endpoint))

    def get(self, endpoint_id: str) -> Endpoint | None:
        found = self._database.run(ENDPOINTS, lambda endpoints: endpoints.find_one({"_id": endpoint_id}))
        return from_document(Endpoint, found)

    def page(self, limit: int, before: str | None) -> Sequence[Endpoint]:
        wanted: dict[str, Any] = {} if before is None else {"_id": {"$lt": before}}
        found = self._database.run(
            ENDPOINTS, lambda endpoints: list(endpoints.find(wanted).sort("_id", DESCENDING).limit(limit))
        )
        return models_of(Endpoint, found)

    def enabled(self) -> Sequence[Endpoint]:
        # No index: there are a hundred at most.
        found = self._database.run(
            ENDPOINTS, lambda endpoints: list(endpoints.find({"status": "enabled"}).sort("_id", ASCENDING))
        )
        return models_of(Endpoint, found)

    def replace(self, endpoint: Endpoint) -> Endpoint | None:
        kept = endpoint.model_copy(update={"revision": endpoint.revision + 1})
        wanted = {"_id": endpoint.id, "revision": endpoint.revision}
        changed = self._database.run(
            ENDPOINTS, lambda endpoints: endpoints.replace_one(wanted, to_document(kept)).matched_count
        )
        # Run again after a lost answer it finds its own change.
        return kept if changed or self.get(endpoint.id) == kept else None

    def delete(self, endpoint_id: str) -> bool:
        deleted = self._database.run(ENDPOINTS, lambda endpoints: endpoints.delete_one({"_id": endpoint_id}))
        return deleted.deleted_count == 1


class DatabaseDeliveries:
    """Deliveries, one document each; the index `forget` removes them after their time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, delivery: Delivery) -> None:
        add_once(self._database, DELIVERIES, to_document(delivery))

    def get(self, delivery_id: str) -> Delivery | None:
        found = self._database.run(DELIVERIES, lambda deliveries: deliveries.find_one({"_id": delivery_id}))
        return from_document(Delivery, found)

    def page(self, endpoint_id: str, limit: int, before: str | None) -> Sequence[Delivery]:
        wanted: dict[str, Any] = {"endpoint_id": endpoint_id}
        if before is not None:
            wanted["_id"] = {"$lt": before}
        found = self._database.run(
            DELIVERIES, lambda deliveries: list(deliveries.find(wanted).sort("_id", DESCENDING).limit(limit))
        )
        return models_of(Delivery, found)

    def due(self, now: datetime, limit: int, without: Collection[str]) -> Sequence[Delivery]:
        wanted: dict[str, Any] = {"status": "pending", "next_attempt_at": {"$lte": now}}
        if without:
            wanted["endpoint_id"] = {"$nin": sorted(without)}
        order = [("next_attempt_at", ASCENDING), ("_id", ASCENDING)]
        found = self._database.run(
            DELIVERIES, lambda deliveries: list(deliveries.find(wanted).sort(order).limit(limit))
        )
        return models_of(Delivery, found)

    def take(self, delivery: Delivery, taken: Delivery) -> bool:
        # The moment it is due at and the lease change with every taking: together they tell the state.
        seen = {"status": "pending", "next_attempt_at": delivery.next_attempt_at, "lease": delivery.lease}
        return self._replace(delivery.id, seen, taken)

    def release(self, delivery: Delivery, *, lease: str) -> bool:
        return self._replace(delivery.id, {"lease": lease}, delivery)

    def _replace(self, delivery_id: str, seen: dict[str, Any], kept: Delivery) -> bool:
        """Run again after a lost answer it may find its own change: that is the same lease, and success."""
        document = to_document(kept)
        changed = self._database.run(
            DELIVERIES, lambda deliveries: deliveries.replace_one({"_id": delivery_id, **seen}, document).matched_count
        )
        if changed:
            return True
        there = self.get(delivery_id)
        return there is not None and there == kept
