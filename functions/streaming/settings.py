"""A playback session needs the asset, and what to sign with."""

from marquee.entry.playback_wiring import PlaybackSettings
from marquee.entry.settings import CacheSettings, DatabaseSettings


class Settings(DatabaseSettings, CacheSettings, PlaybackSettings):
    """Settings of the `streaming` function."""

    media_bucket: str
