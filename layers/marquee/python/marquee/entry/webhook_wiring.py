"""Adapters of the functions around webhooks, each built when it is first used."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TypeVar

from marquee.domain.webhook_stores import DeliveryStore, EndpointStore, Sealer
from marquee.entry.settings import WebhookSettings
from marquee.entry.wiring import EventsWiring

W = TypeVar("W", bound=WebhookSettings)


class WebhookWiring(EventsWiring[W]):
    """Endpoints, their secrets and deliveries."""

    @cached_property
    def endpoints(self) -> EndpointStore:
        from marquee.adapters.webhooks import DatabaseEndpoints

        return DatabaseEndpoints(self.database)

    @cached_property
    def deliveries(self) -> DeliveryStore:
        from marquee.adapters.webhooks import DatabaseDeliveries

        return DatabaseDeliveries(self.database)

    @cached_property
    def sealer(self) -> Sealer:
        from marquee.adapters.sealing import AesSealer, secret_password

        return AesSealer(partial(secret_password, self.settings.webhooks_key_secret_arn))
