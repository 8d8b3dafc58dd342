"""Adapters of `subtitles`, built on first use."""

from __future__ import annotations

from functools import cache, partial

from marquee.adapters.assets import DatabaseAssets
from marquee.adapters.database import Database, secret_uri
from marquee.adapters.jobs import DatabaseJobs
from marquee.adapters.objects import S3Objects
from marquee.media.subtitles_extract import extract_text
from marquee.services.attach_track import AttachTrack
from marquee.services.take_text import TakeText

from subtitles.settings import Settings


@cache
def wire(media_bucket: str) -> TakeText:
    """The use case over the real adapters; one in a process for each bucket."""
    settings = Settings.read()
    database = Database(partial(secret_uri, settings.database_secret_arn), settings.database_name)
    objects = S3Objects()
    attach = AttachTrack(DatabaseAssets(database), objects, media_bucket)
    return TakeText(DatabaseJobs(database), objects, attach, extract_text)
