"""Pictures lie in the media bucket; which one stands for a film, the asset's document says."""

from marquee.entry.settings import CacheSettings, DatabaseSettings


class Settings(DatabaseSettings, CacheSettings):
    """Settings of the `pictures` function."""

    media_bucket: str
