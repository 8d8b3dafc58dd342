"""Facts that a crash kept from being said are found; those that were said are not said again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from marquee.domain.events import asset_deleted, asset_ready, facts_of
from marquee.domain.jobs import Job, JobStatus, Problem, new_job
from marquee.domain.pipeline import Source
from marquee.domain.uploads import Upload
from marquee.services import find_lost_events
from marquee.services.dispatch_events import INTENT_KEPT

from tests.made_up_assets import made_up_asset
from tests.webhook_world import WebhookWorld


@pytest.fixture
def world() -> WebhookWorld:
    return WebhookWorld()


def job(world: WebhookWorld, name: str = "job_1", status: JobStatus = "completed", **more: object) -> Job:
    """A job whose upload is complete; it ended now unless it runs."""
    new = new_job(name, asset_id=f"ast_{name}", upload_id=f"upl_{name}", version=1, filename="f.mp4", now=world.now)
    over = None if status == "running" else world.now
    error = Problem(code="no_video", message="There is no picture.") if status == "failed" else None
    arrived = {"source": Source(bucket="uploads", key=f"uploads/upl_{name}/source"), "media_bucket": "media"}
    known = {
        "status": status,
        "attempt": 1,
        "finished_at": over,
        "error": error,
        **arrived,
        "playable": status == "completed",
    }
    made = new.model_copy(update={**known, **more})
    world.jobs.add(made)
    world.uploads.add(
        Upload(
            id=made.upload_id,
            asset_id=made.asset_id,
            job_id=made.id,
            filename="f.mp4",
            size_bytes=1,
            content_type="video/mp4",
            part_size=1,
            multipart_id="m",
            status="completed",
            created_at=world.now,
            completed_at=world.now,
            expires_at=world.now + timedelta(days=7),
        )
    )
    return made


def said(world: WebhookWorld) -> list[str]:
    return sorted(event.type for event in world.outbox.kept.values())


STARTED = ["upload.completed", "video.transcode", "video.uploaded"]
RUN = [*STARTED[:2], "video.transcode.result", STARTED[2]]


@pytest.mark.parametrize(
    ("status", "types"),
    [
        ("completed", ["asset.playable", "asset.ready", *RUN]),
        ("failed", ["asset.failed", *RUN]),
        ("canceled", ["job.canceled", *RUN]),
        ("running", STARTED),
    ],
)
def test_what_was_not_said_of_a_job_is_said(world: WebhookWorld, status: JobStatus, types: list[str]) -> None:
    world.endpoint()
    job(world, status=status)
    assert world.find_lost() == len(types)
    assert said(world) == types
    assert world.find_lost() == 0


def test_a_film_that_can_be_watched_while_its_job_runs_is_found(world: WebhookWorld) -> None:
    job(world, status="running", playable=True)
    world.find_lost()
    assert said(world) == ["asset.playable", *STARTED]


def test_what_was_said_is_not_said_again(world: WebhookWorld) -> None:
    world.endpoint()
    done = job(world)
    for event in facts_of(done):
        world.outbox.put(event)
    world.find_lost()
    assert world.outbox.kept[asset_ready(done).id] == asset_ready(done)
    assert len(world.outbox.kept) == 6


def test_what_was_long_before_the_first_look_is_not_dug_up(world: WebhookWorld) -> None:
    job(world)
    world.pass_time(find_lost_events.OVERLAP + timedelta(seconds=1))
    assert world.find_lost() == 0


def test_what_was_before_an_endpoint_was_there_does_not_go_to_it(world: WebhookWorld) -> None:
    job(world)
    world.pass_time(timedelta(seconds=1))
    world.endpoint()
    world.find_lost()
    world.dispatch()
    assert world.deliveries.kept == {}


def test_a_long_time_away_loses_nothing(world: WebhookWorld) -> None:
    """Everything was killed right after a job ended, and comes back days later."""
    world.endpoint()
    world.find_lost()
    world.pass_time(timedelta(minutes=5))
    job(world)
    world.pass_time(timedelta(days=9))
    assert world.find_lost() == 6


def test_more_than_a_look_can_hold_is_found_by_the_next_ones(world: WebhookWorld) -> None:
    world.find_lost()
    total = find_lost_events.PAGE + 20
    for number in range(total):
        world.pass_time(timedelta(seconds=30))
        job(world, f"job_{number}")
    found = [world.find_lost() for _ in range(3)]
    assert (sum(found), found[-1]) == (6 * total, 0)


def test_jobs_long_ended_are_not_looked_at_each_minute(world: WebhookWorld) -> None:
    world.endpoint()
    job(world)
    world.find_lost()
    world.pass_time(timedelta(hours=1))
    world.find_lost()
    asked: list[datetime] = []
    original = world.jobs.finished_since

    class Watched(type(world.jobs)):  # type: ignore[misc]
        def finished_since(self, moment: datetime, limit: int) -> object:
            asked.append(moment)
            return original(moment, limit)

    world.jobs.__class__ = Watched
    world.find_lost()
    assert asked == [world.now - find_lost_events.OVERLAP]


def test_a_deletion_is_told_only_once_nothing_is_left(world: WebhookWorld) -> None:
    world.endpoint()
    asset = made_up_asset(world.now)
    world.assets.add(asset)
    world.outbox.put(asset_deleted(asset.id, world.now))
    assert world.dispatch() == 0
    assert world.deliveries.kept == {}
    world.assets.delete(asset.id)
    assert world.dispatch() == 1
    assert world.delivery().event_type == "asset.deleted"


def test_a_deletion_that_never_came_about_is_forgotten(world: WebhookWorld) -> None:
    world.endpoint()
    asset = made_up_asset(world.now)
    world.assets.add(asset)
    world.outbox.put(asset_deleted(asset.id, world.now))
    world.pass_time(INTENT_KEPT + timedelta(seconds=1))
    assert world.dispatch() == 0
    assert world.outbox.waiting(10) == []
    assert world.deliveries.kept == {}
    assert world.publish() == 0
