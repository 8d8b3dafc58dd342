"""Fail reads the bucket from its input and writes the documents."""

from marquee.entry.settings import DatabaseSettings


class Settings(DatabaseSettings):
    """Settings of the `fail` function."""
