"""Jobs are read with their live progress, stopped, started again and cleaned up."""

from marquee.entry.settings import CacheSettings, EventsSettings


class Settings(EventsSettings, CacheSettings):
    """Settings of the `jobs` function."""

    media_bucket: str
    state_machine_arn: str
