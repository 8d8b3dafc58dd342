"""What `deliver_webhooks` works with, built on first use."""

from functools import cached_property

from marquee.domain.webhook_stores import EventBus, Outbox, WebhookPost
from marquee.entry.webhook_wiring import WebhookWiring
from marquee.services.deliver_webhooks import DeliverWebhooks
from marquee.services.dispatch_events import DispatchEvents
from marquee.services.find_lost_events import FindLostEvents
from marquee.services.publish_events import PublishEvents

from deliver_webhooks.settings import Settings


class DeliverWebhooksWiring(WebhookWiring[Settings]):
    """From what was said to what has arrived."""

    @cached_property
    def outbox(self) -> Outbox:
        from marquee.adapters.outbox import DatabaseOutbox

        return DatabaseOutbox(self.database)

    @cached_property
    def post(self) -> WebhookPost:
        from marquee.adapters.delivering import LambdaWebhookPost

        return LambdaWebhookPost(self.settings.post_function_name)

    @cached_property
    def find_lost_events(self) -> FindLostEvents:
        return FindLostEvents(self.jobs, self.uploads, self.outbox)

    @cached_property
    def dispatch_events(self) -> DispatchEvents:
        return DispatchEvents(self.outbox, self.endpoints, self.deliveries, self.assets)

    @cached_property
    def event_bus(self) -> EventBus:
        from marquee.adapters.event_bus import EventBridgeBus

        return EventBridgeBus(self.settings.event_bus_name)

    @cached_property
    def publish_events(self) -> PublishEvents:
        return PublishEvents(self.outbox, self.event_bus)

    @cached_property
    def deliver_webhooks(self) -> DeliverWebhooks:
        return DeliverWebhooks(self.endpoints, self.deliveries, self.sealer, self.post, self.deliverer)


wiring = DeliverWebhooksWiring(Settings)
