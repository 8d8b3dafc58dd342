"""Webhooks keep endpoints with sealed secrets, and wake whoever delivers."""

from marquee.entry.settings import CacheSettings, WebhookSettings


class Settings(WebhookSettings, CacheSettings):
    """Settings of the `webhooks` function."""

    webhooks_loopback: bool = False
