"""Uploads write their documents and sign transfers into the uploads bucket."""

from marquee.entry.settings import CacheSettings, DatabaseSettings


class Settings(DatabaseSettings, CacheSettings):
    """Settings of the `uploads` function."""

    uploads_bucket: str
