"""Health asks every dependency that serving needs."""

from marquee.entry.settings import CacheSettings, DatabaseSettings


class Settings(DatabaseSettings, CacheSettings):
    """Settings of the `health` function."""

    media_bucket: str
