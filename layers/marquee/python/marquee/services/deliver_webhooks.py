"""Deliver what is due: sign, send, keep what came of it, decide when to try again.

Any number of these may run at once. A delivery is taken by compare-and-set for longer than an attempt can last, so
that attempts of one never overlap; whoever dies with one leaves it due again, and its log says so.
"""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from marquee.domain.clock import Clock, utc_now
from marquee.domain.errors import MarqueeError
from marquee.domain.measures import WEBHOOKS_DELIVERED, WEBHOOKS_FAILED, measure
from marquee.domain.media import Model
from marquee.domain.signatures import signed_headers
from marquee.domain.webhook_stores import Deliverer, DeliveryStore, EndpointStore, Sealer, WebhookPost
from marquee.domain.webhooks import (
    DISABLED_AFTER,
    GONE,
    MAX_ATTEMPTS,
    Answered,
    Attempt,
    Delivery,
    DeliveryStatus,
    Endpoint,
    pause_after,
)

logger = logging.getLogger("marquee.webhooks")

AT_ONCE = 8  # endpoints; deliveries to one follow each other
PAGE = 64
ROUND = timedelta(seconds=45)  # then the next round goes on
LEASE = timedelta(seconds=90)  # the 15 s of an attempt, and all that may delay their end
SOON = timedelta(minutes=15)  # what a queue can delay; what is due later waits for the schedule


class DeliveryReport(Model):
    """Attempts of a round."""

    accepted: int = 0
    failed: int = 0


@dataclass(frozen=True)
class DeliverWebhooks:
    """One round over what is due. An endpoint that fails is left alone for the rest of the round."""

    endpoints: EndpointStore
    deliveries: DeliveryStore
    sealer: Sealer
    post: WebhookPost
    deliverer: Deliverer
    clock: Clock = utc_now
    chance: Callable[[], float] = random.random

    def __call__(self) -> DeliveryReport:
        ends_at, failing, results = self.clock() + ROUND, set[str](), list[bool]()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while self.clock() < ends_at:
                due = self.deliveries.due(self.clock(), PAGE, failing)
                if not due:
                    break
                of_endpoint: dict[str, list[Delivery]] = {}
                for delivery in due:
                    of_endpoint.setdefault(delivery.endpoint_id, []).append(delivery)
                made_of = pool.map(partial(self._in_turn, ends_at), of_endpoint, of_endpoint.values())
                for identity, made in zip(of_endpoint, made_of, strict=True):
                    results += made
                    if not all(made):
                        failing.add(identity)
        report = DeliveryReport(accepted=sum(results), failed=len(results) - sum(results))
        if results:
            measure({WEBHOOKS_DELIVERED: report.accepted, WEBHOOKS_FAILED: report.failed})
        return report

    def _in_turn(self, ends_at: datetime, endpoint_id: str, due: Sequence[Delivery]) -> list[bool]:
        """Whether each attempt that was made was accepted, up to the first that was not."""
        made: list[bool] = []
        try:
            endpoint = self.endpoints.get(endpoint_id)
            for delivery in due:
                if self.clock() >= ends_at or not all(made):
                    break
                if endpoint is None or endpoint.status != "enabled":
                    self._give_up_untried(delivery, "endpoint_deleted" if endpoint is None else "endpoint_disabled")
                else:
                    made += self._attempt(endpoint, delivery)
        except MarqueeError:
            # What was taken is due again when its lease ends; other endpoints go on.
            logger.exception("deliveries interrupted", extra={"endpoint_id": endpoint_id})
            made.append(False)
        return made

    def _attempt(self, endpoint: Endpoint, delivery: Delivery) -> list[bool]:
        """Nothing when somebody else has it."""
        if len(delivery.attempts) >= MAX_ATTEMPTS:
            self._give_up_untried(delivery, "attempts_exhausted")
            return []
        now, lease = self.clock(), secrets.token_hex(8)
        attempt = Attempt(number=len(delivery.attempts) + 1, started_at=now)
        changes = {"attempts": (*delivery.attempts, attempt), "lease": lease, "next_attempt_at": now + LEASE}
        taken = delivery.model_copy(update=changes)
        if not self.deliveries.take(delivery, taken):
            return []
        answered = self.post(endpoint.url, self._headers(endpoint, taken, now), taken.payload)
        over = self._after(taken, attempt, answered)
        self.deliveries.release(over, lease=lease)
        self._note(endpoint.id, answered)
        if over.next_attempt_at is not None and over.next_attempt_at - self.clock() <= SOON:
            self.deliverer.wake(max(0.0, (over.next_attempt_at - self.clock()).total_seconds()))
        return [answered.accepted]

    def _headers(self, endpoint: Endpoint, delivery: Delivery, now: datetime) -> dict[str, str]:
        opened = [self.sealer.open(secret.sealed, owner=endpoint.id) for secret in endpoint.valid_secrets(now)]
        signed = signed_headers(opened, delivery.event_id, int(now.timestamp()), delivery.payload)
        return {"content-type": "application/json", **signed}

    def _after(self, taken: Delivery, attempt: Attempt, answered: Answered) -> Delivery:
        attempts = (*taken.attempts[:-1], attempt.model_copy(update={"answered": answered}))
        kept = taken.model_copy(update={"attempts": attempts, "lease": None})
        if answered.accepted:
            return self._over(kept, "delivered", None)
        pause = pause_after(len(attempts), self.chance())
        if answered.status_code == GONE or pause is None:
            return self._over(kept, "failed", "attempts_exhausted" if pause is None else "endpoint_gone")
        return kept.model_copy(update={"next_attempt_at": self.clock() + pause})

    def _over(self, delivery: Delivery, status: DeliveryStatus, reason: str | None) -> Delivery:
        changes = {"status": status, "reason": reason, "next_attempt_at": None, "finished_at": self.clock()}
        return delivery.model_copy(update=changes)

    def _give_up_untried(self, delivery: Delivery, reason: str) -> None:
        self.deliveries.take(delivery, self._over(delivery, "failed", reason))

    def _note(self, endpoint_id: str, answered: Answered) -> None:
        """What the attempt says of the endpoint. Should somebody change it right now, the next attempt says it."""
        endpoint = self.endpoints.get(endpoint_id)
        if endpoint is None or endpoint.status != "enabled":
            return
        now = self.clock()
        if answered.accepted:
            noted = endpoint.model_copy(update={"failing_since": None})
        elif answered.status_code == GONE:
            noted = endpoint.disabled("gone", now)
        elif endpoint.failing_since is None:
            noted = endpoint.model_copy(update={"failing_since": now})
        else:
            noted = endpoint.disabled("failing", now) if now - endpoint.failing_since >= DISABLED_AFTER else endpoint
        if noted != endpoint:
            self.endpoints.replace(noted)
        if noted.status == "disabled":
            logger.warning(
                "webhook endpoint disabled", extra={"endpoint_id": endpoint_id, "why": noted.disabled_reason}
            )
