"""Subtitles read buckets from their input; only the job's and the asset's documents are their own."""

from marquee.entry.settings import DatabaseSettings


class Settings(DatabaseSettings):
    """Settings of the `subtitles` function."""
