"""Movies are read from the database, the cache and TMDB, and written to the database."""

from marquee.entry.settings import CatalogueSettings, TmdbSettings


class Settings(CatalogueSettings, TmdbSettings):
    """Settings of the `movies` function."""
