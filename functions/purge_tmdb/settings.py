"""Purging looks at movies, and asks TMDB for those whose pictures grow old."""

from marquee.entry.settings import DatabaseSettings, TmdbSettings


class Settings(DatabaseSettings, TmdbSettings):
    """Settings of the `purge_tmdb` function."""
