"""Text tracks lie in the media bucket; which there are, the asset's document says."""

from marquee.entry.settings import CacheSettings, DatabaseSettings


class Settings(DatabaseSettings, CacheSettings):
    """Settings of the `tracks` function."""

    media_bucket: str
