"""Each fact is said once, by whoever's compare-and-set brought it about."""

from __future__ import annotations

import hashlib

import pytest
from marquee.domain.clock import utc_now
from marquee.domain.jobs import Problem
from marquee.domain.pipeline import FailedExecution, Source, StepError
from marquee.services.abort_upload import AbortUpload
from marquee.services.complete_upload import CompleteUpload, SentPart, SentParts
from marquee.services.fail_job import FailJob
from marquee.services.find_lost_events import FindLostEvents
from marquee.services.ingest_upload import IngestUpload
from marquee.services.mark_jobs import JobMarker

from tests.fakes_webhooks import MemoryOutbox
from tests.platform import MEDIA, UPLOADS, Platform

FILM = b"film"


@pytest.fixture
def platform() -> Platform:
    return Platform()


def opened(platform: Platform) -> str:
    """An upload whose only part has arrived."""
    upload = platform.uploaded(source=FILM).upload_id
    platform.multipart.send(platform.uploads.kept[upload].multipart_id, 1, FILM)
    return upload


def complete(platform: Platform, upload_id: str) -> None:
    service = CompleteUpload(platform.uploads, platform.multipart, platform.objects, platform.events, UPLOADS)
    etag = hashlib.md5(FILM, usedforsecurity=False).hexdigest()
    service(upload_id, SentParts(parts=(SentPart(part_number=1, etag=etag),)))


def ingest(platform: Platform, upload_id: str) -> None:
    service = IngestUpload(
        platform.uploads, platform.assets, platform.jobs, platform.executions, platform.events, MEDIA
    )
    service(Source(bucket=UPLOADS, key=f"uploads/{upload_id}/source"))


def test_a_completed_upload_is_said_once_whoever_knows_first(platform: Platform) -> None:
    for order in ((complete, ingest), (ingest, complete), (complete, complete, ingest, ingest)):
        platform.events.said.clear()
        upload = opened(platform)
        if order[0] is ingest:  # storage's event overtakes the end of the call
            kept = platform.uploads.kept[upload]
            platform.multipart.complete(UPLOADS, f"uploads/{upload}/source", kept.multipart_id, [])
            platform.objects.put(UPLOADS, f"uploads/{upload}/source", FILM, content_type="video/mp4")
        for step in order:
            step(platform, upload)
        (event,) = [said for said in platform.events.said if said.type == "upload.completed"]
        assert event.timestamp == platform.uploads.kept[upload].completed_at
        messages = [said.type for said in platform.events.said if said != event]
        assert messages == (["video.uploaded", "video.transcode"] if ingest in order else [])


def test_an_aborted_upload_says_that_its_job_is_canceled(platform: Platform) -> None:
    upload = opened(platform)
    abort = AbortUpload(platform.uploads, platform.assets, platform.jobs, platform.multipart, platform.events, UPLOADS)
    for _ in range(2):
        abort(upload)
    assert platform.events.types == ["job.canceled"]


def test_a_failure_is_said_once_with_its_reason(platform: Platform) -> None:
    job = platform.running()
    failed = FailedExecution(**job.execution().model_dump(), error=StepError(Error="States.Timeout", Cause=""))
    service = FailJob(platform.jobs, platform.assets, platform.objects, platform.events)
    for _ in range(2):
        service(failed)
    (event,) = [event for event in platform.events.said if event.type == "asset.failed"]
    assert event.data.model_dump()["error"]["code"] == "timed_out"


def test_a_film_becomes_playable_once_and_orders_that_saw_it_so_say_nothing(platform: Platform) -> None:
    job = platform.running()
    calls: list[str] = []
    announce = platform.events.announce
    platform.events.announce = lambda event: (calls.append(event.type), announce(event))[1]  # type: ignore[method-assign]
    marker = JobMarker(platform.jobs, platform.assets, platform.events)
    for _ in range(5):
        marker.start_task(job.id, "video")
        marker.mark_playable(job.id)
    assert calls == ["asset.playable"]

    platform.jobs.fail(job.id, 1, Problem(code="timed_out", message="Too long."), utc_now())
    again = platform.jobs.begin_again(platform.jobs.kept[job.id], utc_now(), afresh=True)
    assert again is not None
    marker.start_task(job.id, "video")
    marker.mark_playable(job.id)
    assert platform.events.types.count("asset.playable") == 2  # another run, another fact


def test_an_enricher_s_beginning_and_end_are_said_once(platform: Platform) -> None:
    job = platform.running()
    marker = JobMarker(platform.jobs, platform.assets, platform.events)
    for _ in range(2):
        marker.start_task(job.id, "images")
    for _ in range(2):
        marker.finish_task(job.id, "images")
    marker.start_task(job.id, "package")
    orders = [said for said in platform.events.types if said.startswith("video.generate")]
    assert orders == ["video.generate_thumbnails", "video.generate_thumbnails.result"]


def test_a_step_that_says_nothing_needs_no_events(platform: Platform) -> None:
    job = platform.running()
    marker = JobMarker(platform.jobs, platform.assets)
    marker.start_task(job.id, "images")
    marker.mark_playable(job.id)
    assert platform.jobs.kept[job.id].playable


def test_what_is_said_at_once_is_what_the_sweep_would_say(platform: Platform) -> None:
    """The sweep after a normal run finds nothing: ids are made of the same facts."""
    upload = opened(platform)
    complete(platform, upload)
    ingest(platform, upload)
    job = platform.jobs.kept[platform.uploads.kept[upload].job_id]
    marker = JobMarker(platform.jobs, platform.assets, platform.events)
    marker.start_task(job.id, "video")
    marker.mark_playable(job.id)
    service = FailJob(platform.jobs, platform.assets, platform.objects, platform.events)
    service(FailedExecution(**job.execution().model_dump(), error=StepError(Error="States.Timeout", Cause="")))
    outbox = MemoryOutbox()
    for event in platform.events.said:
        outbox.put(event)

    sweep = FindLostEvents(platform.jobs, platform.uploads, outbox)
    assert sweep() == 0
    said = ["upload.completed", "video.uploaded", "video.transcode", "asset.playable", "asset.failed"]
    assert platform.events.types == [*said, "video.transcode.result"]
