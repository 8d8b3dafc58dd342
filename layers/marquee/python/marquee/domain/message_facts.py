"""Which messages stand, read from a job's document: what was ordered, and what came of it.

As with `events.facts_of`: saying one again says the same, and a sweep finds what a crash kept from being said.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, get_args

from marquee.domain import keys
from marquee.domain.assets import dash_url, playback_url
from marquee.domain.enrichment import ENRICH_TASKS, EnrichTask
from marquee.domain.events import Event, EventType, event_id
from marquee.domain.jobs import Job, Problem, Task
from marquee.domain.media import Model
from marquee.domain.messages import (
    MESSAGES,
    Ended,
    EnrichmentResult,
    MessageName,
    Order,
    TranscodeVideo,
    VideoTranscoded,
    VideoUploaded,
)
from marquee.domain.pipeline import Source

_ORDERS: dict[EnrichTask, MessageName] = {
    "images": "video.generate_thumbnails",
    "captions": "video.generate_subtitles",
    "analysis": "video.ai_analysis",
}
_RESULTS: dict[EnrichTask, MessageName] = {
    "images": "video.generate_thumbnails.result",
    "captions": "video.generate_subtitles.result",
    "analysis": "video.ai_analysis.result",
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
    done = status == "completed"
    data = VideoTranscoded(
        asset_id=job.asset_id,
        job_id=job.id,
        version=job.version,
        attempt=job.attempt,
        status=status,
        playback_url=playback_url(job.asset_id, job.version) if done else None,
        dash_url=dash_url(job.asset_id, job.version) if done else None,
        error=job.error if status == "failed" else None,
    )
    return _of_run(job, "video.transcode.result", job.finished_at or job.updated_at, data)


def enrichment_facts(job: Job, name: EnrichTask) -> Iterator[Event]:
    """What a task's state tells: that it was ordered, that it is over. Done again, it is another fact."""
    task = job.tasks.get(name)
    if task is None or job.source is None or job.media_bucket is None:
        return
    if task.started_at is not None:
        order = _order(job, MESSAGES[_ORDERS[name]])
        yield _of_task(job, _ORDERS[name], task.started_at, order)
    if task.over and task.finished_at is not None:
        yield _of_task(job, _RESULTS[name], task.finished_at, _result(job, name, task))


def messages_of(job: Job) -> tuple[Event, ...]:
    """All messages that a job's document stands for, but for its upload's, whose time it does not hold."""
    if not job.attempt or job.source is None or job.media_bucket is None:
        return ()
    said = [transcode_ordered(job)]
    if job.status in get_args(Ended):
        said.append(transcoded(job, status=_ended(job)))
    for name in ENRICH_TASKS:
        said += enrichment_facts(job, name)
    return tuple(said)
