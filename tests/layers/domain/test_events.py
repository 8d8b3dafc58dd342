"""Events: the same fact is the same event."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from marquee.domain import events
from marquee.domain.events import Event, EventType
from marquee.domain.jobs import Job, JobStatus, Problem, new_job
from marquee.domain.signatures import new_secret, signed_headers
from marquee.domain.webhooks import JITTER, MAX_ATTEMPTS, RETRY_AFTER, delivery_of, pause_after
from standardwebhooks import Webhook

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def job(status: JobStatus = "running", **more: object) -> Job:
    new = new_job("job_1", asset_id="ast_1", upload_id="upl_1", version=1, filename="f.mp4", now=NOW)
    return new.model_copy(update={"status": status, "attempt": 1, **more})


@pytest.mark.parametrize(
    ("given", "types"),
    [
        (job("pending"), []),
        (job("running"), []),
        (job("running", playable=True), ["asset.playable"]),
        (job("completed", playable=True), ["asset.playable", "asset.ready"]),
        (job("completed"), []),
        (job("failed"), ["asset.failed"]),
        (job("canceled"), ["job.canceled"]),
    ],
)
def test_a_job_s_document_tells_which_facts_stand(given: Job, types: list[EventType]) -> None:
    assert [event.type for event in events.facts_of(given)] == types


def test_attempts_that_nobody_asked_for_tell_nothing_new() -> None:
    first, repaired = job(attempt=1), job(attempt=3, restarts=2)
    asked_for = job(attempt=4, restarts=0)
    assert events.asset_playable(first).id == events.asset_playable(repaired).id
    assert events.asset_playable(asked_for).id != events.asset_playable(first).id


def test_canceling_again_what_was_opened_again_is_another_fact() -> None:
    once, again = (job("canceled", attempt=0, finished_at=NOW + timedelta(minutes=m)) for m in (0, 1))
    assert events.job_canceled(once).id != events.job_canceled(again).id


def test_a_payload_is_thin_versioned_and_says_when() -> None:
    failed = job("failed", error=Problem(code="no_video", message="There is no picture."), finished_at=NOW)
    assert json.loads(events.asset_failed(failed).payload()) == {
        "type": "asset.failed",
        "version": 1,
        "timestamp": "2026-11-21T12:00:00Z",
        "data": {
            "asset_id": "ast_1",
            "job_id": "job_1",
            "version": 1,
            "error": {"code": "no_video", "message": "There is no picture."},
        },
    }


@pytest.mark.parametrize(
    "event",
    [
        events.upload_completed(upload_id="upl_1", asset_id="ast_1", job_id="job_1", at=NOW),
        events.asset_playable(job()),
        events.asset_ready(job("completed")),
        events.asset_failed(job("failed")),
        events.asset_deleted("ast_1", NOW),
        events.job_canceled(job("canceled")),
        events.webhook_test("whe_1", "nonce", NOW),
    ],
    ids=lambda event: event.type,
)
def test_what_is_stored_comes_back_as_what_it_was(event: Event) -> None:
    back = Event.model_validate(event.model_dump())
    assert (back, type(back.data)) == (event, events.DATA_OF[event.type])
    assert "." not in event.id  # full stops part what is signed


def test_a_delivery_made_twice_is_the_same_and_sorts_by_its_event_s_time() -> None:
    early, late = (events.asset_deleted("ast_1", NOW + timedelta(seconds=s)) for s in (0, 1))
    made = [delivery_of(early, "whe_1", NOW + timedelta(hours=h)).id for h in (0, 1)]
    assert made[0] == made[1] != delivery_of(early, "whe_2", NOW).id
    assert made[0] < delivery_of(late, "whe_1", NOW).id


def test_pauses_follow_the_schedule_with_jitter_and_end() -> None:
    assert [pause_after(n, 0.0) for n in range(1, MAX_ATTEMPTS)] == list(RETRY_AFTER)
    assert pause_after(1, 1.0) == RETRY_AFTER[0] * (1 + JITTER)
    assert pause_after(MAX_ATTEMPTS, 0.0) is None


def test_signatures_are_those_of_the_standard_s_library() -> None:
    secret, body = new_secret(), '{"type":"asset.ready","data":"ü"}'
    headers = signed_headers([secret], "evt_1", int(NOW.timestamp()), body)
    assert headers["webhook-signature"] == Webhook(secret).sign("evt_1", NOW, body)
