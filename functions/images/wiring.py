"""Adapters of `images`, built on first use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

from marquee.adapters.assets import DatabaseAssets
from marquee.adapters.database import Database, secret_uri
from marquee.adapters.delivering import QueueDeliverer
from marquee.adapters.jobs import DatabaseJobs
from marquee.adapters.objects import S3Objects
from marquee.adapters.outbox import OutboxEvents
from marquee.domain.ports import JobMarks, ObjectStore
from marquee.domain.stores import AssetStore
from marquee.media.posters import Faces
from marquee.services.mark_jobs import JobMarker
from marquee.services.poster_faces import face_finder

from images.settings import Settings


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the handler works with."""

    objects: ObjectStore
    jobs: JobMarks
    assets: AssetStore
    find_faces: Faces | None = None


@cache
def wire() -> Wiring:
    """The real adapters; one of each in a process."""
    settings = Settings.read()
    database = Database(partial(secret_uri, settings.database_secret_arn), settings.database_name)
    events = OutboxEvents(database, cache(lambda: QueueDeliverer(settings.webhooks_queue_url)))
    assets = DatabaseAssets(database)
    return Wiring(S3Objects(), JobMarker(DatabaseJobs(database), assets, events), assets, face_finder())
