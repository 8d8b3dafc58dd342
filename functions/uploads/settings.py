"""Uploads write their documents and sign transfers into the uploads bucket."""

from marquee.entry.settings import CatalogueSettings, EventsSettings


class Settings(EventsSettings, CatalogueSettings):
    """Settings of the `uploads` function."""

    uploads_bucket: str
