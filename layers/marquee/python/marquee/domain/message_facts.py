"""Which messages stand, read from a job's document: what was ordered, and what came of it.

As with `events.facts_of`: saying one again says the same, and a sweep finds what a crash kept from being said.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

from marquee.domain import keys
from marquee.domain.assets import playback_url
from marquee.domain.enrichment import ENRICH_TASKS, EnrichTask
from marquee.domain.events import Event, EventData, EventType, event_id
from marquee.domain.jobs import Job, Task
from marquee.domain.messages import (
    AnalyzeVideo,
    Ended,
    EnrichmentResult,
    GenerateSubtitles,
    GenerateThumbnails,
    Order,
    SubtitlesGenerated,
    ThumbnailsGenerated,
    TranscodeVideo,
    VideoAnalyzed,
    VideoTranscoded,
    VideoUploaded,
)
from marquee.domain.pipeline import Source

O = TypeVar("O", bound=Order)  # noqa: E741  (an order)
_ORDERS: dict[EnrichTask, tuple[EventType, type[Order]]] = {
    "images": ("video.generate_thumbnails", GenerateThumbnails),
    "captions": ("video.generate_subtitles", GenerateSubtitles),
    "analysis": ("video.ai_analysis", AnalyzeVideo),
}
_RESULTS: dict[EnrichTask, tuple[EventType, type[EnrichmentResult]]] = {
    "images": ("video.generate_thumbnails.result", ThumbnailsGenerated),
    "captions": ("video.generate_subtitles.result", SubtitlesGenerated),
    "analysis": ("video.ai_analysis.result", VideoAnalyzed),
}


def video_uploaded(job: Job, source: Source, at: datetime) -> Event:
    data = VideoUploaded(upload_id=job.upload_id, asset_id=job.asset_id, job_id=job.id, source=source)
    return Event(id=event_id("video.uploaded", job.upload_id), type="video.uploaded", timestamp=at, data=data)


def transcode_ordered(job: Job) -> Event:
    """For jobs whose source has arrived: an execution works on it."""
    began = job.tasks["probe"].started_at or job.updated_at
    return _of_run(job, "video.transcode", began, _order(job, TranscodeVideo))


def transcoded(job: Job, *, status: Ended) -> Event:
    """How the run ended for viewers. `completed`: the film is ready, whatever its enrichers still do."""
    outcome: dict[str, Any] = {"error": job.error} if status == "failed" else {}
    if status == "completed":
        outcome["playback_url"] = playback_url(job.asset_id, job.version)
        outcome["dash_url"] = f"/{keys.media_prefix(job.asset_id, job.version)}{keys.DASH_MANIFEST}"
    data = VideoTranscoded(**_run(job), status=status, **outcome)
    at = job.released_at if status == "completed" else job.finished_at
    return _of_run(job, "video.transcode.result", at or job.finished_at or job.updated_at, data)


def enrichment_facts(job: Job, name: EnrichTask) -> Iterator[Event]:
    """What a task's state tells: that it was ordered, that it is over. Done again, it is another fact."""
    task = job.tasks.get(name)
    if task is None or job.source is None or job.media_bucket is None:
        return
    if task.started_at is not None:
        event_type, order = _ORDERS[name]
        yield _of_task(job, event_type, task.started_at, _order(job, order))
    if task.over and task.finished_at is not None:
        event_type, result = _RESULTS[name]
        yield _of_task(job, event_type, task.finished_at, _result(job, task, result))


def messages_of(job: Job) -> tuple[Event, ...]:
    """All messages that a job's document stands for, but for its upload's, whose time it does not hold."""
    if not job.attempt or job.source is None or job.media_bucket is None:
        return ()
    said = [transcode_ordered(job)]
    if (ended := _ended(job)) is not None:
        said.append(transcoded(job, status=ended))
    for name in ENRICH_TASKS:
        said += enrichment_facts(job, name)
    return tuple(said)


def _ended(job: Job) -> Ended | None:
    """None also for a film that is made and waits for somebody to let viewers in."""
    if job.status == "failed" or job.status == "canceled":
        return job.status
    ready = job.released_at is not None or job.status == "completed"
    return "completed" if ready and job.playable else None


def _run(job: Job) -> dict[str, Any]:
    return {"asset_id": job.asset_id, "job_id": job.id, "version": job.version, "attempt": job.attempt}


def _order(job: Job, order: type[O]) -> O:
    return order.model_validate({**_run(job), "media_bucket": job.media_bucket, "source": job.source})


def _result(job: Job, task: Task, result: type[EnrichmentResult]) -> EnrichmentResult:
    prefix = keys.media_prefix(job.asset_id, job.version)
    given = {"status": task.status, "media_prefix": prefix, "error": task.error}
    return result.model_validate({**_run(job), **given})


def _of_run(job: Job, event_type: EventType, at: datetime, data: EventData) -> Event:
    # as in `events`: attempts that nobody asked for belong to the run they repair
    identity = event_id(event_type, job.id, job.attempt - job.restarts)
    return Event(id=identity, type=event_type, timestamp=at, data=data)


def _of_task(job: Job, event_type: EventType, at: datetime, data: EventData) -> Event:
    # in whole milliseconds, as the database keeps times: by either reading it is the same moment
    milliseconds = int(at.timestamp()) * 1000 + at.microsecond // 1000
    identity = event_id(event_type, job.id, job.attempt, milliseconds)
    return Event(id=identity, type=event_type, timestamp=at, data=data)
