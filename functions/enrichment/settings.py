"""Enrichment reads the bucket from its input and writes the documents."""

from marquee.entry.settings import EventsSettings, ModerationSettings


class Settings(EventsSettings, ModerationSettings):
    """Settings of the `enrichment` function."""
