"""Jobs are read with their live progress, stopped, started again and cleaned up."""

from marquee.entry.settings import CacheSettings, DatabaseSettings


class Settings(DatabaseSettings, CacheSettings):
    """Settings of the `jobs` function."""

    media_bucket: str
    state_machine_arn: str
