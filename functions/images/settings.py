"""Images reads buckets from its input; only the job's document is its own."""

from marquee.entry.settings import DatabaseSettings


class Settings(DatabaseSettings):
    """Settings of the `images` function."""
