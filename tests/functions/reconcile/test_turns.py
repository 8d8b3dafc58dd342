"""Many films of one and few of another: who waits, who goes on, and that nothing is lost meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from marquee.domain import keys
from marquee.domain.clock import utc_now
from marquee.domain.jobs import Job
from marquee.domain.pipeline import Source
from marquee.domain.turns import TurnLimits
from marquee.domain.work import current_subject
from reconcile.handler import lambda_handler
from reconcile.wiring import wiring

from tests.platform import CONTEXT, UPLOADS, Platform

LIMITS = TurnLimits(at_once=4, at_once_each=3)


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    with platform.within(wiring):
        wiring.settings.turn_limits = LIMITS  # type: ignore[misc]
        yield


@contextmanager
def asked_by(subject: str) -> Iterator[None]:
    token = current_subject.set(subject)
    try:
        yield
    finally:
        current_subject.reset(token)


def arrived(platform: Platform, subject: str, count: int) -> list[Job]:
    """Films of one user, whose sources are there and told of by storage."""
    with asked_by(subject):
        jobs = [platform.uploaded() for _ in range(count)]
    for job in jobs:
        tell_of(job)
    return jobs


def tell_of(job: Job) -> None:
    wiring.reconcile.ingest_upload(Source(bucket=UPLOADS, key=keys.source_key(job.upload_id)))


def reconcile() -> Any:
    return lambda_handler({}, CONTEXT)["done"]


def running(platform: Platform, jobs: list[Job]) -> list[str]:
    return [job.id for job in jobs if platform.jobs.kept[job.id].status == "running"]


def longest_waiting(platform: Platform, jobs: list[Job]) -> str:
    """Of those that came in the same millisecond either may be the first."""
    kept = [platform.jobs.kept[job.id] for job in jobs]
    return min((str(job.waiting_since), job.id) for job in kept if job.status == "pending")[1]


def end(platform: Platform, job_id: str) -> None:
    assert platform.jobs.complete(job_id, 1, utc_now()) is not None


def test_the_first_film_of_another_begins_at_once(platform: Platform) -> None:
    many = arrived(platform, "many", 10)
    few = arrived(platform, "few", 2)

    assert running(platform, many) == [job.id for job in many[:3]]
    assert running(platform, few) == [few[0].id]


def test_a_turn_that_is_over_goes_to_who_has_the_fewest(platform: Platform) -> None:
    many = arrived(platform, "many", 10)
    few = arrived(platform, "few", 2)
    end(platform, many[0].id)

    assert reconcile() == {"started": [few[1].id]}
    end(platform, few[0].id)
    longest = longest_waiting(platform, many)
    assert reconcile() == {"started": [longest]}


def test_all_films_are_made_in_the_end_and_each_is_begun_once(platform: Platform) -> None:
    jobs = [*arrived(platform, "many", 10), *arrived(platform, "few", 2), *arrived(platform, "other", 3)]
    for _ in range(len(jobs)):
        for job_id in running(platform, jobs):
            end(platform, job_id)
        reconcile()
        assert len(running(platform, jobs)) <= LIMITS.at_once

    assert {platform.jobs.kept[job.id].status for job in jobs} == {"completed"}
    begun = [execution.job_id for execution in platform.executions.started]
    assert sorted(begun) == sorted(job.id for job in jobs)


def test_a_film_whose_last_pictures_are_looked_at_keeps_nobody_waiting(platform: Platform) -> None:
    many = arrived(platform, "many", 4)
    assert running(platform, many) == [job.id for job in many[:3]]
    platform.jobs.seal(many[0].id, 1, utc_now())
    platform.jobs.release(many[0].id, 1, utc_now())

    assert reconcile() == {"started": [many[3].id]}


def test_what_waits_is_kept_shown_and_told_of_as_what_has_arrived(platform: Platform) -> None:
    waiting = arrived(platform, "many", 4)[3]
    tell_of(waiting)

    kept = platform.jobs.kept[waiting.id]
    assert (kept.status, kept.waiting_since is not None) == ("pending", True)
    assert platform.uploads.kept[waiting.upload_id].status == "completed"  # so it does not expire
    assert platform.assets.kept[waiting.asset_id].listed
    assert platform.events.types.count("upload.completed") == 4


def test_a_waiting_job_that_is_canceled_gives_its_place_to_the_next(platform: Platform) -> None:
    many = arrived(platform, "many", 5)
    platform.jobs.cancel(many[3].id, utc_now())
    end(platform, many[0].id)

    assert reconcile() == {"started": [many[4].id]}
    assert platform.jobs.kept[many[3].id].status == "canceled"
