"""Revocations go to the list at the edge."""

from marquee.entry.playback_wiring import RevocationSettings
from marquee.entry.settings import CacheSettings, DatabaseSettings


class Settings(DatabaseSettings, CacheSettings, RevocationSettings):
    """Settings of the `revocations` function. `session_seconds` is how long a session lasts."""

    session_seconds: int
