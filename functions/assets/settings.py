"""Assets are read, and deleted with everything that was made from them and their source."""

from marquee.entry.settings import CacheSettings, EventsSettings


class Settings(EventsSettings, CacheSettings):
    """Settings of the `assets` function."""

    uploads_bucket: str
    media_bucket: str
