"""Reconcile looks at every store and starts what should be running."""

from marquee.entry.settings import EventsSettings, ModerationSettings, TurnSettings


class Settings(EventsSettings, ModerationSettings, TurnSettings):
    """Settings of the `reconcile` function."""

    uploads_bucket: str
    media_bucket: str
    state_machine_arn: str
    enrich_machine_arn: str
