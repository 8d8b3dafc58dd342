"""What plug-ins say, and what becomes of the job, through the function's real entry."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from marquee.domain.errors import PermanentError
from marquee.domain.jobs import Job
from plugin.handler import lambda_handler
from plugin.wiring import wiring

from tests.platform import CONTEXT, Platform

TIMED_OUT = {"Error": "States.Timeout", "Cause": ""}
FAILED = {"Error": "OutOfMemory", "Cause": "It died."}
SILENCE = [
    TIMED_OUT,
    FAILED,
    {"answer": None},
    {"answer": "approve"},
    {"answer": ["approve"]},
    {"answer": {"approved": True}},
    {"answer": {"schema": "plugin.answer/2", "answer": "approve"}},
    {"answer": {"answer": "approve", "reason": "x" * 501}},
]


@pytest.fixture
def job(platform: Platform) -> Iterator[Job]:
    with platform.within(wiring):
        yield platform.running()


def hear(job: Job, plugin: dict[str, Any], point: str = "before_publish", without_answer: str = "refuse") -> None:
    known = {"point": point, "without_answer": without_answer, "plugin": plugin}
    lambda_handler({**job.execution().model_dump(mode="json"), **known}, CONTEXT)


def said_on(platform: Platform, job: Job) -> list[str]:
    return [warning.code for warning in platform.jobs.kept[job.id].warnings]


@pytest.mark.parametrize("point", ["before_publish", "after_ready"])
@pytest.mark.parametrize("schema", [{}, {"schema": "plugin.answer/1", "of_tomorrow": 1}])
def test_who_approves_lets_the_job_go_on(platform: Platform, job: Job, point: str, schema: dict[str, object]) -> None:
    hear(job, {"answer": {"answer": "approve", **schema}}, point)
    assert said_on(platform, job) == []


def test_a_refusal_ends_the_job_with_the_plug_in_s_own_sentence(job: Job) -> None:
    refusal = {"answer": {"answer": "refuse", "reason": "The film has no licence."}}
    with pytest.raises(PermanentError) as refused:
        hear(job, refusal, without_answer="approve")
    assert json.loads(str(refused.value)) == {
        "code": "plugin_refused",
        "message": "A plug-in refused the film: The film has no licence.",
    }


@pytest.mark.parametrize("plugin", SILENCE, ids=str)
def test_silence_and_garbage_mean_what_the_environment_says(
    platform: Platform, job: Job, plugin: dict[str, Any]
) -> None:
    with pytest.raises(PermanentError, match="plugin_unanswered"):
        hear(job, plugin, without_answer="refuse")
    for _ in range(2):
        hear(job, plugin, without_answer="approve")
    assert said_on(platform, job) == ["plugin_unanswered"]


@pytest.mark.parametrize("plugin", [*SILENCE, {"answer": {"answer": "refuse"}}], ids=str)
def test_after_the_film_is_ready_nothing_does_more_than_warn(
    platform: Platform, job: Job, plugin: dict[str, Any]
) -> None:
    hear(job, plugin, "after_ready")
    refused = plugin.get("answer") == {"answer": "refuse"}
    assert said_on(platform, job) == ["plugin_refused" if refused else "plugin_unanswered"]
