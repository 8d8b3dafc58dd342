"""Warming reads TMDB into the cache."""

from marquee.entry.settings import TmdbSettings


class Settings(TmdbSettings):
    """Settings of the `warm_films` function."""
