"""Uploads write their documents and sign transfers into the uploads bucket."""

from marquee.entry.settings import DatabaseSettings


class Settings(DatabaseSettings):
    """Settings of the `uploads` function."""

    uploads_bucket: str
