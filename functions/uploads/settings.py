"""Uploads write their documents and sign transfers into the uploads bucket."""

from marquee.entry.settings import CacheSettings, EventsSettings


class Settings(EventsSettings, CacheSettings):
    """Settings of the `uploads` function."""

    uploads_bucket: str
