"""Webhook endpoints, the deliveries to them and the log of attempts (Standard Webhooks 1.0)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Literal

from marquee.domain import ids
from marquee.domain.events import WEBHOOK_TYPES, Event, EventType, WebhookType
from marquee.domain.media import Model

EndpointStatus = Literal["enabled", "disabled"]
DisabledReason = Literal["by_request", "gone", "failing"]
DeliveryStatus = Literal["pending", "delivered", "failed"]

# Standard Webhooks' suggestion: the pauses after the first, second, … failed attempt.
RETRY_AFTER: tuple[timedelta, ...] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.2  # a pause is up to this share longer, so that what failed together does not come back together
MAX_ATTEMPTS = len(RETRY_AFTER) + 1
DISABLED_AFTER = timedelta(days=5)  # of nothing but failures
KEPT = timedelta(days=30)  # deliveries and events; the log reaches so far back
GONE = 410


class SealedSecret(Model):
    """A signing secret, encrypted. Signs until `expires_at`; the endpoint's newest has none."""

    sealed: str
    created_at: datetime
    expires_at: datetime | None = None


class Endpoint(Model):
    """An address that wants to be told. No `event_types` means all. `failing_since`: no success since then.

    `revision` counts changes: whoever changes it says which one he has seen.
    """

    id: str
    url: str
    description: str = ""
    event_types: tuple[WebhookType, ...] = ()
    status: EndpointStatus = "enabled"
    enabled_at: datetime
    disabled_reason: DisabledReason | None = None
    disabled_at: datetime | None = None
    failing_since: datetime | None = None
    secrets: tuple[SealedSecret, ...]
    revision: int = 1
    created_at: datetime
    updated_at: datetime

    def wants(self, event: Event) -> bool:
        """Events of the time before it was registered, or while it was disabled, are not its own."""
        chosen = event.type in (self.event_types or WEBHOOK_TYPES)
        return self.status == "enabled" and chosen and event.timestamp >= self.enabled_at

    def disabled(self, reason: DisabledReason, now: datetime) -> Endpoint:
        return self.model_copy(
            update={"status": "disabled", "disabled_reason": reason, "disabled_at": now, "updated_at": now}
        )

    def enabled(self, now: datetime) -> Endpoint:
        changes = {"status": "enabled", "enabled_at": now, "disabled_reason": None, "disabled_at": None}
        return self.model_copy(update=changes | {"failing_since": None, "updated_at": now})

    def valid_secrets(self, now: datetime) -> tuple[SealedSecret, ...]:
        """Newest first."""
        valid = [s for s in self.secrets if s.expires_at is None or s.expires_at > now]
        return tuple(sorted(valid, key=lambda s: s.created_at, reverse=True))


class Order(Model):
    """One attempt as it is given to whoever posts."""

    url: str
    headers: dict[str, str]
    body: str


class Answered(Model):
    """What came of one attempt: a status, or a code of why there was none.

    `response_body`: its beginning, as text.
    """

    status_code: int | None = None
    error: str | None = None
    response_body: str = ""
    latency_ms: int = 0

    @property
    def accepted(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300


class Attempt(Model):
    """`answered` is None while it runs, and for ever when the process that made it died."""

    number: int
    started_at: datetime
    answered: Answered | None = None


class Delivery(Model):
    """One event on its way to one endpoint. `payload` is what is sent, to the byte, at every attempt.

    Due at `next_attempt_at` while pending. Whoever takes it moves that to the end of his `lease`, and while it
    lasts nobody else does: should he die, the delivery is due again by itself.
    """

    id: str
    endpoint_id: str
    event_id: str
    event_type: EventType
    payload: str
    status: DeliveryStatus = "pending"
    reason: str | None = None
    attempts: tuple[Attempt, ...] = ()
    next_attempt_at: datetime | None
    lease: str | None = None
    replay_of: str | None = None
    created_at: datetime
    finished_at: datetime | None = None
    expires_at: datetime


def delivery_of(event: Event, endpoint_id: str, now: datetime) -> Delivery:
    """The delivery of an event to an endpoint: made twice, it is the same."""
    digest = hashlib.sha256(f"{event.id}:{endpoint_id}".encode()).digest()
    milliseconds = int(event.timestamp.timestamp() * 1000)
    return Delivery(
        id=ids.delivery_id(milliseconds, int.from_bytes(digest[:10])),
        endpoint_id=endpoint_id,
        event_id=event.id,
        event_type=event.type,
        payload=event.payload(),
        next_attempt_at=now,
        created_at=now,
        expires_at=now + KEPT,
    )


def replay_of(delivery: Delivery, now: datetime) -> Delivery:
    """The same message once more, as a delivery of its own; receivers know it by the event's id."""
    return delivery.model_copy(
        update={
            "id": ids.new_delivery_id(),
            "status": "pending",
            "reason": None,
            "attempts": (),
            "next_attempt_at": now,
            "lease": None,
            "replay_of": delivery.id,
            "created_at": now,
            "finished_at": None,
            "expires_at": now + KEPT,
        }
    )


def pause_after(failures: int, chance: float) -> timedelta | None:
    """How long to wait after so many failed attempts, None when there were enough. `chance`: 0 to 1."""
    if failures >= MAX_ATTEMPTS:
        return None
    return RETRY_AFTER[failures - 1] * (1 + JITTER * chance)
