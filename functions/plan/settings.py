"""Plan reads buckets from its input; only the job's document is its own."""

from marquee.entry.settings import DatabaseSettings, EnrichersSettings


class Settings(DatabaseSettings, EnrichersSettings):
    """Settings of the `plan` function."""
