"""Text tracks lie in the media bucket; which there are, the asset's document says."""

from marquee.entry.settings import CacheSettings
from marquee.entry.spoken_wiring import SpokenSettings


class Settings(SpokenSettings, CacheSettings):
    """Settings of the `tracks` function."""

    media_bucket: str
