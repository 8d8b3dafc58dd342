"""Publish reads buckets from its input; only the job's and the asset's documents are its own."""

from marquee.entry.settings import EarlySettings, EventsSettings


class Settings(EventsSettings, EarlySettings):
    """Settings of the `publish` function."""
