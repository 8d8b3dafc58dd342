"""Rotate password knows the database's secret, and nothing else."""

from marquee.entry.settings import DatabaseSettings


class Settings(DatabaseSettings):
    """Settings of the `rotate_password` function."""
