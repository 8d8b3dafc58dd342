"""Adapters of `captions`, built on first use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from marquee.adapters.assets import DatabaseAssets
from marquee.adapters.database import Database, secret_uri
from marquee.adapters.delivering import QueueDeliverer
from marquee.adapters.jobs import DatabaseJobs
from marquee.adapters.objects import S3Objects
from marquee.adapters.outbox import OutboxEvents
from marquee.adapters.spoken import DatabaseSpoken
from marquee.domain.ports import ObjectStore, TaskMarks
from marquee.domain.stores import AssetStore
from marquee.entry.spoken_wiring import INDEXING_SECONDS, embeddings_of
from marquee.services.attach_track import AttachTrack
from marquee.services.embed_passages import EmbedPassages
from marquee.services.index_spoken import IndexSpoken
from marquee.services.mark_jobs import JobMarker

from captions.settings import Settings


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the handler works with; `attach` for the media bucket that it is told."""

    objects: ObjectStore
    assets: AssetStore
    marks: TaskMarks
    attach: Callable[[str], AttachTrack]


@cache
def wire() -> Wiring:
    """The real adapters; one of each in a process."""
    settings = Settings.read()
    database = Database(partial(secret_uri, settings.database_secret_arn), settings.database_name)
    events = OutboxEvents(database, cache(lambda: QueueDeliverer(settings.webhooks_queue_url)))
    objects, assets = S3Objects(), DatabaseAssets(database)
    marks = JobMarker(DatabaseJobs(database), assets, events)
    spoken, embeddings = DatabaseSpoken(database), embeddings_of(settings, INDEXING_SECONDS)
    embed = None if embeddings is None else EmbedPassages(spoken, embeddings)

    def attach(bucket: str) -> AttachTrack:
        index = IndexSpoken(assets, objects, spoken, bucket, embed)
        return AttachTrack(assets, objects, bucket, changed=index.quietly)

    return Wiring(objects, assets, marks, attach)
