"""Migrate changes the database, and nothing else."""

from marquee.entry.settings import DatabaseSettings


class Settings(DatabaseSettings):
    """Settings of the `migrate` function."""
