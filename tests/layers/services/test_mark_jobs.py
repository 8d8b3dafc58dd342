"""Marks on the documents of a job and its asset."""

from datetime import UTC, datetime

import pytest
from marquee.domain.errors import Conflict
from marquee.domain.jobs import Job, new_job
from marquee.services.mark_jobs import JobMarker

NOW = datetime(2026, 11, 21, tzinfo=UTC)


class Documents:
    """The few methods of both stores that marks need; the job is gone when it does not run."""

    def __init__(self, *, running: bool) -> None:
        job = new_job("job-1", asset_id="asset-1", upload_id="u", version=3, filename="f.mp4", now=NOW)
        self._job = job if running else None
        self.said: list[tuple[object, ...]] = []

    def start_task(self, job_id: str, task: str, now: datetime) -> Job | None:
        self.said.append(("start", task))
        return self._job

    def finish_task(self, job_id: str, task: str, now: datetime) -> Job | None:
        self.said.append(("finish", task))
        return self._job

    def mark_playable(self, *what: object) -> Job | None:
        self.said.append(("playable", *what))
        return self._job


def marker(documents: Documents) -> JobMarker:
    return JobMarker(documents, documents, clock=lambda: NOW)  # type: ignore[arg-type]


def test_a_playable_job_makes_its_asset_playable() -> None:
    documents = Documents(running=True)

    marker(documents).mark_playable("job-1")

    assert documents.said == [("playable", "job-1", NOW), ("playable", "asset-1", 3, NOW)]


def test_nothing_becomes_playable_early_where_somebody_has_to_agree_first() -> None:
    documents = Documents(running=True)

    JobMarker(documents, documents, early=False).mark_playable("job-1")  # type: ignore[arg-type]

    assert documents.said == []


def test_the_asset_of_a_stopped_job_is_left_alone() -> None:
    documents = Documents(running=False)

    marker(documents).mark_playable("job-1")

    assert documents.said == [("playable", "job-1", NOW)]


def test_starting_a_task_of_a_stopped_job_is_a_conflict() -> None:
    with pytest.raises(Conflict) as raised:
        marker(Documents(running=False)).start_task("job-1", "video")
    assert raised.value.code == "superseded"


def test_tasks_are_started_and_finished() -> None:
    documents = Documents(running=True)

    marker(documents).start_task("job-1", "images")
    marker(documents).finish_task("job-1", "images")

    assert documents.said == [("start", "images"), ("finish", "images")]
