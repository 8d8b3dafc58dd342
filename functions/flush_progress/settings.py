"""The flush reads Valkey and writes the database."""

from marquee.entry.settings import CacheSettings, DatabaseSettings


class Settings(DatabaseSettings, CacheSettings):
    """Settings of the `flush_progress` function."""
