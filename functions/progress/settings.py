"""Progress goes to Valkey, and is read from there and the database."""

from marquee.entry.settings import CacheSettings, DatabaseSettings


class Settings(DatabaseSettings, CacheSettings):
    """Settings of the `progress` function. Movies shorter than `continue_minimum_seconds` are not offered to go
    on with."""

    continue_minimum_seconds: float
