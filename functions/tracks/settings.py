"""Text tracks lie in the media bucket; which there are, the asset's document says. Captions are made by a machine."""

from marquee.entry.settings import CacheSettings
from marquee.entry.spoken_wiring import SpokenSettings


class Settings(SpokenSettings, CacheSettings):
    """Settings of the `tracks` function. `enrich_tasks`: those that this environment does, with commas between."""

    media_bucket: str
    enrich_machine_arn: str
    enrich_tasks: str = ""
