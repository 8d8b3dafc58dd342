"""Jobs are read with their live progress, stopped, started again and cleaned up."""

from marquee.entry.settings import CacheSettings, EventsSettings


class Settings(EventsSettings, CacheSettings):
    """Settings of the `jobs` function. `enrich_tasks`: those that this environment does, with commas between."""

    media_bucket: str
    state_machine_arn: str
    enrich_machine_arn: str
    enrich_tasks: str = ""
