"""Deliver webhooks signs with opened secrets and has another function post."""

from marquee.entry.settings import WebhookSettings


class Settings(WebhookSettings):
    """Settings of the `deliver_webhooks` function."""

    post_function_name: str
    event_bus_name: str
