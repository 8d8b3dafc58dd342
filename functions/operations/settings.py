"""Operations look at jobs, queues, counters and breakers, and change nothing."""

from marquee.entry.settings import CacheSettings, DatabaseSettings
from pydantic import Json


class Settings(DatabaseSettings, CacheSettings):
    """Settings of the `operations` function. `queues`: addresses by name; `breakers`: names."""

    queues: Json[dict[str, str]]
    breakers: Json[tuple[str, ...]]
