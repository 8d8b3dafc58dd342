"""Movies are read from the database, the cache and TMDB, and written to the database."""

from marquee.entry.settings import DatabaseSettings, TmdbSettings


class Settings(DatabaseSettings, TmdbSettings):
    """Settings of the `movies` function."""
