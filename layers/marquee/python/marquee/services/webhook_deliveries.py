"""The log of deliveries to an endpoint, test messages, and sending one again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import Conflict, NotFound
from marquee.domain.events import WebhookType, webhook_test
from marquee.domain.media import Model
from marquee.domain.webhook_stores import Deliverer, DeliveryStore, EndpointStore
from marquee.domain.webhooks import Attempt, Delivery, DeliveryStatus, Endpoint, delivery_of, replay_of
from marquee.services.paging import read_page

Outcome = Literal["running", "interrupted", "accepted", "refused", "no_answer"]


class AttemptAnswer(Model):
    """One attempt. `interrupted`: whoever made it died; it may have arrived, and was made again."""

    number: int
    started_at: datetime
    outcome: Outcome
    status_code: int | None
    error: str | None
    latency_ms: int | None
    response_body: str


class DeliveryAnswer(Model):
    """A delivery with all its attempts. `reason`: why it failed for good."""

    id: str
    endpoint_id: str
    event_id: str
    event_type: WebhookType
    status: DeliveryStatus
    reason: str | None
    attempts: tuple[AttemptAnswer, ...]
    next_attempt_at: datetime | None
    replay_of: str | None
    created_at: datetime
    finished_at: datetime | None


class DeliveriesPage(Model):
    items: tuple[DeliveryAnswer, ...]
    next_cursor: str | None


class DeliveryAccepted(Model):
    """It will be tried at once; its log says how that went."""

    delivery_id: str


@dataclass(frozen=True)
class WebhookDeliveries:
    """The use cases of `/webhooks/{id}/deliveries`, `…/test` and `…/replay`."""

    endpoints: EndpointStore
    deliveries: DeliveryStore
    deliverer: Deliverer
    clock: Clock = utc_now

    def list(self, endpoint_id: str, limit: int, cursor: str | None) -> DeliveriesPage:
        self._get_endpoint(endpoint_id)
        page, next_cursor = read_page(
            lambda most, before: self.deliveries.page(endpoint_id, most, before), limit, cursor
        )
        now = self.clock()
        return DeliveriesPage(items=tuple(_answer(delivery, now) for delivery in page), next_cursor=next_cursor)

    def test(self, endpoint_id: str) -> DeliveryAccepted:
        endpoint = self._get_enabled(endpoint_id)
        now = self.clock()
        return self._send(delivery_of(webhook_test(endpoint.id, secrets.token_hex(12), now), endpoint.id, now))

    def replay(self, delivery_id: str) -> DeliveryAccepted:
        delivery = self.deliveries.get(delivery_id)
        if delivery is None:
            raise NotFound("There is no such delivery.")
        if delivery.status == "pending":
            raise Conflict("The delivery is still being tried.", code="delivery_pending")
        self._get_enabled(delivery.endpoint_id)
        return self._send(replay_of(delivery, self.clock()))

    def _send(self, delivery: Delivery) -> DeliveryAccepted:
        self.deliveries.add(delivery)
        self.deliverer.wake()
        return DeliveryAccepted(delivery_id=delivery.id)

    def _get_enabled(self, endpoint_id: str) -> Endpoint:
        endpoint = self._get_endpoint(endpoint_id)
        if endpoint.status != "enabled":
            raise Conflict("The endpoint is disabled; enable it first.", code="endpoint_disabled")
        return endpoint

    def _get_endpoint(self, endpoint_id: str) -> Endpoint:
        endpoint = self.endpoints.get(endpoint_id)
        if endpoint is None:
            raise NotFound("There is no such endpoint.")
        return endpoint


def _answer(delivery: Delivery, now: datetime) -> DeliveryAnswer:
    attempts = tuple(_attempt(delivery, attempt, now) for attempt in delivery.attempts)
    known = delivery.model_dump(include=set(DeliveryAnswer.model_fields) - {"attempts"})
    return DeliveryAnswer(**known, attempts=attempts)


def _attempt(delivery: Delivery, attempt: Attempt, now: datetime) -> AttemptAnswer:
    answered = attempt.answered
    return AttemptAnswer(
        number=attempt.number,
        started_at=attempt.started_at,
        outcome=_outcome(delivery, attempt, now),
        status_code=answered.status_code if answered else None,
        error=answered.error if answered else None,
        latency_ms=answered.latency_ms if answered else None,
        response_body=answered.response_body if answered else "",
    )


def _outcome(delivery: Delivery, attempt: Attempt, now: datetime) -> Outcome:
    if attempt.answered is not None:
        if attempt.answered.status_code is None:
            return "no_answer"
        return "accepted" if attempt.answered.accepted else "refused"
    last = attempt is delivery.attempts[-1] and delivery.next_attempt_at is not None
    return (
        "running" if last and delivery.next_attempt_at is not None and delivery.next_attempt_at > now else "interrupted"
    )
