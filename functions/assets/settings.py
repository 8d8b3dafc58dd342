"""Assets are read, and deleted with everything that was made from them and their source."""

from marquee.entry.settings import CatalogueSettings, EventsSettings


class Settings(EventsSettings, CatalogueSettings):
    """Settings of the `assets` function."""

    uploads_bucket: str
    media_bucket: str
    state_machine_arn: str
    enrich_machine_arn: str
