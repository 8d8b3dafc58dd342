"""The worker reads buckets from its order and the plan; only the progress board is its own."""

from __future__ import annotations

from marquee.entry.settings import CacheSettings


class Settings(CacheSettings):
    """Settings of the worker, in both of its forms. `dollars_per_hour`: what it costs while it runs."""

    dollars_per_hour: float = 0.0
