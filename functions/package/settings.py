"""Package reads buckets from its input; only the job's and the asset's documents are its own."""

from marquee.entry.settings import EventsSettings, ModerationSettings


class Settings(EventsSettings, ModerationSettings):
    """Settings of the `package` function."""
