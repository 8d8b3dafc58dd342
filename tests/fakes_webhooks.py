"""Webhooks' stores in memory, as strict as the real ones: the contract tests run on both."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marquee.domain.errors import TransientError
from marquee.domain.events import Event
from marquee.domain.webhooks import Answered, Delivery, Endpoint


class MemoryEndpoints:
    """`EndpointStore`."""

    def __init__(self) -> None:
        self.kept: dict[str, Endpoint] = {}
        self._lock = threading.Lock()

    def add(self, endpoint: Endpoint) -> None:
        self.kept.setdefault(endpoint.id, endpoint)

    def get(self, endpoint_id: str) -> Endpoint | None:
        return self.kept.get(endpoint_id)

    def page(self, limit: int, before: str | None) -> Sequence[Endpoint]:
        found = [e for e in self.kept.values() if before is None or e.id < before]
        return sorted(found, key=lambda e: e.id, reverse=True)[:limit]

    def enabled(self) -> Sequence[Endpoint]:
        return sorted((e for e in self.kept.values() if e.status == "enabled"), key=lambda e: e.id)

    def replace(self, endpoint: Endpoint) -> Endpoint | None:
        with self._lock:
            there = self.kept.get(endpoint.id)
            if there is None or there.revision != endpoint.revision:
                return None
            self.kept[endpoint.id] = endpoint.model_copy(update={"revision": endpoint.revision + 1})
            return self.kept[endpoint.id]

    def delete(self, endpoint_id: str) -> bool:
        return self.kept.pop(endpoint_id, None) is not None


class MemoryOutbox:
    """`Outbox`."""

    def __init__(self) -> None:
        self.kept: dict[str, Event] = {}
        self.dispatched: set[str] = set()
        self.dropped: set[str] = set()
        self.on_the_bus: set[str] = set()
        self._swept: datetime | None = None

    def put(self, event: Event) -> bool:
        if event.id in self.kept:
            return False
        self.kept[event.id] = event
        return True

    def known(self, event_ids: Collection[str]) -> frozenset[str]:
        return frozenset(event_ids) & self.kept.keys()

    def waiting(self, limit: int) -> Sequence[Event]:
        return self._oldest(self.kept.keys() - self.dispatched - self.dropped, limit)

    def done(self, event_id: str) -> None:
        self.dispatched.add(event_id)

    def drop(self, event_id: str) -> None:
        self.dropped.add(event_id)

    def unpublished(self, limit: int) -> Sequence[Event]:
        return self._oldest(self.dispatched - self.on_the_bus, limit)

    def published(self, event_ids: Collection[str]) -> None:
        self.on_the_bus |= set(event_ids)

    def _oldest(self, event_ids: Collection[str], limit: int) -> Sequence[Event]:
        return sorted((self.kept[identity] for identity in event_ids), key=lambda e: (e.timestamp, e.id))[:limit]

    def swept_until(self) -> datetime | None:
        return self._swept

    def set_swept_until(self, moment: datetime) -> None:
        self._swept = moment if self._swept is None else max(self._swept, moment)


class MemoryBus:
    """`EventBus`; `away`: it cannot be reached; `refused`: the types that it does not take."""

    def __init__(self) -> None:
        self.taken: list[Event] = []
        self.away = False
        self.refused: set[str] = set()

    def put(self, events: Sequence[Event]) -> frozenset[str]:
        if self.away:
            raise TransientError("The event bus cannot be reached.")
        some = [event for event in events if event.type not in self.refused]
        self.taken += some
        return frozenset(event.id for event in some)


class MemoryDeliveries:
    """`DeliveryStore`."""

    def __init__(self) -> None:
        self.kept: dict[str, Delivery] = {}
        self._lock = threading.Lock()

    def add(self, delivery: Delivery) -> None:
        self.kept.setdefault(delivery.id, delivery)

    def get(self, delivery_id: str) -> Delivery | None:
        return self.kept.get(delivery_id)

    def page(self, endpoint_id: str, limit: int, before: str | None) -> Sequence[Delivery]:
        mine = [d for d in self.kept.values() if d.endpoint_id == endpoint_id and (before is None or d.id < before)]
        return sorted(mine, key=lambda d: d.id, reverse=True)[:limit]

    def due(self, now: datetime, limit: int, without: Collection[str]) -> Sequence[Delivery]:
        found = [
            (d.next_attempt_at, d.id, d)
            for d in self.kept.values()
            if d.status == "pending" and d.next_attempt_at is not None and d.next_attempt_at <= now
        ]
        return [d for *_, d in sorted(found, key=lambda f: f[:2]) if d.endpoint_id not in without][:limit]

    def take(self, delivery: Delivery, taken: Delivery) -> bool:
        def as_seen(there: Delivery) -> bool:
            seen = (delivery.next_attempt_at, delivery.lease)
            return there.status == "pending" and (there.next_attempt_at, there.lease) == seen

        return self._replace(delivery.id, as_seen, taken)

    def release(self, delivery: Delivery, *, lease: str) -> bool:
        return self._replace(delivery.id, lambda there: there.lease == lease, delivery)

    def _replace(self, delivery_id: str, wanted: Callable[[Delivery], bool], kept: Delivery) -> bool:
        with self._lock:
            there = self.kept.get(delivery_id)
            if there is None or not (wanted(there) or there == kept):
                return False
            self.kept[delivery_id] = kept
            return True


class OpenSealer:
    """`Sealer` that hides nothing but holds a secret to its owner."""

    def seal(self, secret: str, *, owner: str) -> str:
        return f"{owner}|{secret}"

    def open(self, sealed: str, *, owner: str) -> str:
        found, secret = sealed.split("|", 1)
        assert found == owner
        return secret


@dataclass
class Wakes:
    """`Deliverer`: the delays it was woken with."""

    delays: list[float] = field(default_factory=list)

    def wake(self, after_seconds: float = 0.0) -> None:
        self.delays.append(after_seconds)


@dataclass
class Receivers:
    """`WebhookPost`: answers by address, 204 where nothing else is said; remembers what came."""

    answers: dict[str, Answered] = field(default_factory=dict)
    came: list[tuple[str, Mapping[str, str], str]] = field(default_factory=list)

    def __call__(self, url: str, headers: Mapping[str, str], body: str) -> Answered:
        self.came.append((url, headers, body))
        return self.answers.get(url, Answered(status_code=204, latency_ms=3))
