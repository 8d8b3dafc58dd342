"""Sources are ours, by the database, and those that the environment configures."""

from marquee.domain.providers import Provider
from marquee.entry.settings import CacheSettings, DatabaseSettings
from pydantic import Json


class Settings(DatabaseSettings, CacheSettings):
    """Settings of the `sources` function. `embed_origins` are sites that may frame a film's page."""

    providers: Json[tuple[Provider, ...]]
    embed_origins: Json[tuple[str, ...]]
