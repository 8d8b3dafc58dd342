"""Events: facts that others are told, by webhook and on the event bus.

An event's id follows from its fact, so whoever says a fact again says the same event. `facts_of` reads from a
job's document which facts it tells: a sweep finds by it what a crash kept from being said.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, get_args

from pydantic import model_validator

from marquee.domain.assets import playback_url
from marquee.domain.jobs import Job, Problem
from marquee.domain.media import Model
from marquee.domain.messages import (
    MESSAGES,
    EnrichmentResult,
    MessageName,
    Order,
    VideoTranscoded,
    VideoUploaded,
    schema_of,
)

WebhookType = Literal[
    "upload.completed",
    "asset.playable",
    "asset.ready",
    "asset.failed",
    "asset.deleted",
    "job.canceled",
    "webhook.test",
]
# Messages go over the bus alone: to whoever extends Marquee, not to whoever waits for a film.
EventType = Literal[WebhookType, MessageName]
WEBHOOK_TYPES: frozenset[EventType] = frozenset(get_args(WebhookType))
SCHEMA_VERSION = 1


class UploadCompleted(Model):
    """All bytes of a source have arrived; `job_id` is what makes a film of it."""

    upload_id: str
    asset_id: str
    job_id: str


class AssetWatchable(Model):
    """`version` can be watched at `playback_url` (root-relative), whole when ready, growing when playable."""

    asset_id: str
    job_id: str
    version: int
    playback_url: str


class AssetFailed(Model):
    """Why there is no film."""

    asset_id: str
    job_id: str
    version: int
    error: Problem


class AssetDeleted(Model):
    """The asset and all that was made of it is gone."""

    asset_id: str


class JobCanceled(Model):
    """Somebody stopped the job."""

    asset_id: str
    job_id: str


class WebhookTest(Model):
    """Somebody tries an endpoint out."""

    endpoint_id: str


EventData = (
    UploadCompleted
    | AssetWatchable
    | AssetFailed
    | AssetDeleted
    | JobCanceled
    | WebhookTest
    | VideoUploaded
    | Order
    | VideoTranscoded
    | EnrichmentResult
)

DATA_OF: Mapping[str, type[Model]] = {
    **MESSAGES,
    "upload.completed": UploadCompleted,
    "asset.playable": AssetWatchable,
    "asset.ready": AssetWatchable,
    "asset.failed": AssetFailed,
    "asset.deleted": AssetDeleted,
    "job.canceled": JobCanceled,
    "webhook.test": WebhookTest,
}


class Payload(Model):
    """What a receiver gets: thin, it asks the API for more. A change that could break one raises `version`."""

    type: EventType
    version: int = SCHEMA_VERSION
    timestamp: datetime
    data: EventData

    @model_validator(mode="before")
    @classmethod
    def _data_of_its_type(cls, given: Any) -> Any:
        """What comes from a store says by `type` which of the data models it is."""
        if isinstance(given, dict) and isinstance(given.get("data"), dict) and given.get("type") in DATA_OF:
            return {**given, "data": DATA_OF[given["type"]].model_validate(given["data"])}
        return given


class Event(Payload):
    """`timestamp`: when the fact came about, not when it was said."""

    id: str

    def payload(self) -> str:
        """The JSON that is signed and sent."""
        return Payload(type=self.type, version=self.version, timestamp=self.timestamp, data=self.data).model_dump_json()

    def message(self) -> dict[str, Any]:
        """What goes over the bus: the same data, flat, under its schema."""
        said = {"schema": schema_of(self.type, self.version), "id": self.id, "time": _utc(self.timestamp)}
        return said | self.data.model_dump(mode="json")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Events(Protocol):
    """Where facts are said. Saying one again changes nothing."""

    def announce(self, event: Event) -> None:
        """The fact stands. Never raises: a fact that could not be said is found by the sweep."""
        ...

    def intend(self, event: Event) -> None:
        """The fact is about to stand, and afterwards nothing will be left to find it by: it is told once it
        does. Raises `TransientError`."""
        ...


def event_id(event_type: EventType, *parts: object) -> str:
    """Without full stops: they part what is signed."""
    return "_".join(("evt", *(str(part) for part in parts), event_type.replace(".", "-")))


def upload_completed(*, upload_id: str, asset_id: str, job_id: str, at: datetime) -> Event:
    data = UploadCompleted(upload_id=upload_id, asset_id=asset_id, job_id=job_id)
    return Event(id=event_id("upload.completed", upload_id), type="upload.completed", timestamp=at, data=data)


def asset_playable(job: Job) -> Event:
    return _of_run(job, "asset.playable", job.updated_at, _watchable(job))


def asset_ready(job: Job) -> Event:
    return _of_run(job, "asset.ready", job.released_at or job.finished_at or job.updated_at, _watchable(job))


def asset_failed(job: Job) -> Event:
    error = job.error or Problem(code="failed", message="The film could not be made.")
    data = AssetFailed(asset_id=job.asset_id, job_id=job.id, version=job.version, error=error)
    return _of_run(job, "asset.failed", job.finished_at or job.updated_at, data)


def asset_deleted(asset_id: str, at: datetime) -> Event:
    data = AssetDeleted(asset_id=asset_id)
    return Event(id=event_id("asset.deleted", asset_id), type="asset.deleted", timestamp=at, data=data)


def job_canceled(job: Job) -> Event:
    at = job.finished_at or job.updated_at
    data = JobCanceled(asset_id=job.asset_id, job_id=job.id)
    # A job that never ran can be canceled, opened and canceled again: no run tells the two apart, the time does.
    identity = event_id("job.canceled", job.id, int(at.timestamp() * 1000))
    return Event(id=identity, type="job.canceled", timestamp=at, data=data)


def webhook_test(endpoint_id: str, nonce: str, at: datetime) -> Event:
    data = WebhookTest(endpoint_id=endpoint_id)
    return Event(id=event_id("webhook.test", nonce), type="webhook.test", timestamp=at, data=data)


def facts_of(job: Job) -> tuple[Event, ...]:
    """The events of films that a job's document stands for, but for its upload's, whose time it does not hold."""
    if job.playable and (job.status == "completed" or job.released_at is not None):
        return (asset_playable(job), asset_ready(job))
    if job.status == "failed":
        return (asset_failed(job),)
    if job.status == "canceled":
        return (job_canceled(job),)
    return (asset_playable(job),) if job.playable else ()


def _watchable(job: Job) -> AssetWatchable:
    url = playback_url(job.asset_id, job.version)
    return AssetWatchable(asset_id=job.asset_id, job_id=job.id, version=job.version, playback_url=url)


def _of_run(job: Job, event_type: EventType, at: datetime, data: EventData) -> Event:
    # Attempts that nobody asked for belong to the run they repair: each fact comes once a run.
    run = job.attempt - job.restarts
    return Event(id=event_id(event_type, job.id, run), type=event_type, timestamp=at, data=data)
