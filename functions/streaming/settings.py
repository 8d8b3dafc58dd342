"""A playback session needs to know the asset."""

from marquee.entry.settings import DatabaseSettings


class Settings(DatabaseSettings):
    """Settings of the `streaming` function."""
