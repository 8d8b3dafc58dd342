"""Captions reads the bucket from its input and writes the documents."""

from marquee.entry.settings import EventsSettings
from marquee.entry.spoken_wiring import SpokenSettings


class Settings(EventsSettings, SpokenSettings):
    """Settings of the `captions` function."""
