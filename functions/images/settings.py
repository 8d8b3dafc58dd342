"""Images reads buckets from its input and writes the documents."""

from marquee.entry.settings import EventsSettings


class Settings(EventsSettings):
    """Settings of the `images` function."""
