"""Assets are read, and deleted with everything that was made from them and their source."""

from marquee.entry.settings import CacheSettings, DatabaseSettings


class Settings(DatabaseSettings, CacheSettings):
    """Settings of the `assets` function."""

    uploads_bucket: str
    media_bucket: str
