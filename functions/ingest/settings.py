"""Ingest claims the job of an uploaded source and starts its execution."""

from marquee.entry.settings import EventsSettings, TurnSettings


class Settings(EventsSettings, TurnSettings):
    """Settings of the `ingest` function. `dead_letters_url`: of the queue for what cannot be read."""

    media_bucket: str
    state_machine_arn: str
    dead_letters_url: str
