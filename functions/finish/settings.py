"""Finish reads the bucket from its input and writes the documents."""

from marquee.entry.settings import EventsSettings, ModerationSettings
from marquee.entry.spoken_wiring import SpokenSettings


class Settings(EventsSettings, ModerationSettings, SpokenSettings):
    """Settings of the `finish` function."""
