"""Health asks every dependency that serving needs."""

from typing import Literal

from marquee.entry.settings import CacheSettings, DatabaseSettings


class Settings(DatabaseSettings, CacheSettings):
    """Settings of the `health` function. `metrics_access`: who may read the counters."""

    media_bucket: str
    metrics_access: Literal["open", "admin"] = "admin"
