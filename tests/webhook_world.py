"""Webhooks over stores in memory, with a clock that a test turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from marquee.domain import ids
from marquee.domain.events import Event, upload_completed
from marquee.domain.signatures import new_secret
from marquee.domain.webhooks import Delivery, Endpoint, SealedSecret
from marquee.services.deliver_webhooks import DeliverWebhooks
from marquee.services.dispatch_events import DispatchEvents
from marquee.services.find_lost_events import FindLostEvents
from marquee.services.publish_events import PublishEvents

from tests.fakes import MemoryUploads
from tests.fakes_assets import MemoryAssets
from tests.fakes_jobs import MemoryJobs
from tests.fakes_webhooks import (
    MemoryBus,
    MemoryDeliveries,
    MemoryEndpoints,
    MemoryOutbox,
    OpenSealer,
    Receivers,
    Wakes,
)

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
URL = "https://hooks.example.com/marquee"


@dataclass
class WebhookWorld:
    """One of each store, and the use cases of the delivery over them."""

    now: datetime = START
    endpoints: MemoryEndpoints = field(default_factory=MemoryEndpoints)
    deliveries: MemoryDeliveries = field(default_factory=MemoryDeliveries)
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    bus: MemoryBus = field(default_factory=MemoryBus)
    assets: MemoryAssets = field(default_factory=MemoryAssets)
    jobs: MemoryJobs = field(default_factory=MemoryJobs)
    uploads: MemoryUploads = field(default_factory=MemoryUploads)
    receivers: Receivers = field(default_factory=Receivers)
    wakes: Wakes = field(default_factory=Wakes)

    def __post_init__(self) -> None:
        self.dispatch = DispatchEvents(self.outbox, self.endpoints, self.deliveries, self.assets, self.clock)
        self.publish = PublishEvents(self.outbox, self.bus)
        self.find_lost = FindLostEvents(self.jobs, self.uploads, self.outbox, self.clock)
        self.deliver = DeliverWebhooks(
            self.endpoints, self.deliveries, OpenSealer(), self.receivers, self.wakes, self.clock, lambda: 0.5
        )

    def clock(self) -> datetime:
        return self.now

    def pass_time(self, span: timedelta) -> None:
        self.now += span

    def endpoint(self, url: str = URL, **more: object) -> Endpoint:
        identity = ids.new_webhook_endpoint_id()
        sealed = SealedSecret(sealed=OpenSealer().seal(new_secret(), owner=identity), created_at=self.now)
        known = {"enabled_at": self.now, "created_at": self.now, "updated_at": self.now, "secrets": (sealed,)}
        endpoint = Endpoint.model_validate({"id": identity, "url": url, **known, **more})
        self.endpoints.add(endpoint)
        return endpoint

    def event(self, name: str = "upl_1") -> Event:
        return upload_completed(upload_id=name, asset_id="ast_1", job_id="job_1", at=self.now)

    def said(self, name: str = "upl_1") -> Event:
        event = self.event(name)
        self.outbox.put(event)
        return event

    def delivery(self) -> Delivery:
        """The only one."""
        (delivery,) = self.deliveries.kept.values()
        return delivery
