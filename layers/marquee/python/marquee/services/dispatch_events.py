"""Turn what was said into deliveries, one for each endpoint that wants it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from marquee.domain.clock import Clock, utc_now
from marquee.domain.events import AssetDeleted, Event
from marquee.domain.stores import AssetStore
from marquee.domain.webhook_stores import DeliveryStore, EndpointStore, Outbox
from marquee.domain.webhooks import Endpoint, delivery_of

logger = logging.getLogger("marquee.webhooks")

PAGE = 200
# An intended deletion that died half-way may be repeated for so long.
INTENT_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class DispatchEvents:
    """May run at any time and twice at once: a delivery made again is the same delivery."""

    outbox: Outbox
    endpoints: EndpointStore
    deliveries: DeliveryStore
    assets: AssetStore
    clock: Clock = utc_now

    def __call__(self) -> int:
        """How many events have their deliveries now."""
        done = 0
        while waiting := self.outbox.waiting(PAGE):
            endpoints = self.endpoints.enabled()
            standing = [event for event in waiting if self._stands(event)]
            for event in standing:
                self._dispatch(event, endpoints)
            done += len(standing)
            if len(waiting) < PAGE or not standing:
                break
        return done

    def _dispatch(self, event: Event, endpoints: Sequence[Endpoint]) -> None:
        for endpoint in endpoints:
            if endpoint.wants(event):
                self.deliveries.add(delivery_of(event, endpoint.id, self.clock()))
        self.outbox.done(event.id)

    def _stands(self, event: Event) -> bool:
        """A deletion is said before it is done: it is told when nothing is left of the asset."""
        if not isinstance(event.data, AssetDeleted) or self.assets.get(event.data.asset_id) is None:
            return True
        if self.clock() - event.timestamp > INTENT_KEPT:
            logger.warning("an asset was to be deleted and is there", extra={"asset_id": event.data.asset_id})
            self.outbox.drop(event.id)
        return False
