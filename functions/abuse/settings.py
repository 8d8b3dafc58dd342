"""Blocks live in Valkey alone."""

from marquee.entry.settings import CacheSettings


class Settings(CacheSettings):
    """Settings of the `abuse` function."""
