"""Images reads buckets from its input; only the job's document is its own."""

from marquee.entry.settings import EventsSettings


class Settings(EventsSettings):
    """Settings of the `images` function."""
