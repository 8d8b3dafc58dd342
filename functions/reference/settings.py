"""The description of the API lies beside the handler; it needs no more than every function."""

from marquee.entry.settings import CacheSettings


class Settings(CacheSettings):
    """Settings of the `reference` function."""
