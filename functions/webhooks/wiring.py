"""What the routes of `webhooks` work with, built on first use."""

from functools import cached_property

from marquee.domain.webhook_targets import TargetPolicy
from marquee.entry.webhook_wiring import WebhookWiring
from marquee.entry.wiring import ANSWERING_SECONDS, CacheWiring
from marquee.services.webhook_deliveries import WebhookDeliveries
from marquee.services.webhook_endpoints import WebhookEndpoints

from webhooks.settings import Settings


class WebhooksWiring(WebhookWiring[Settings], CacheWiring[Settings]):
    """Use cases of webhooks."""

    patience_seconds = ANSWERING_SECONDS

    @cached_property
    def webhook_endpoints(self) -> WebhookEndpoints:
        policy = TargetPolicy(loopback=self.settings.webhooks_loopback)
        return WebhookEndpoints(self.endpoints, self.sealer, policy)

    @cached_property
    def webhook_deliveries(self) -> WebhookDeliveries:
        return WebhookDeliveries(self.endpoints, self.deliveries, self.deliverer)


wiring = WebhooksWiring(Settings)
