"""The state machine at work: the synthesized definition, run by an engine that is as strict as AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.infra.engine import JOB, NEVER_RAN, Engine, Raised, Workers, running_engine
from tests.infra.templates import Templates

REASON = '{"code": "unsupported_container", "message": "This is no film."}'


@pytest.fixture(scope="module")
def engine(dev: Templates) -> Iterator[Engine]:
    with running_engine(dev.state_machine()) as engine:
        yield engine


def test_every_shard_and_track_is_encoded_and_published_once(engine: Engine) -> None:
    workers = Workers()
    assert engine.run(workers).status == "SUCCEEDED"
    work = {name: JOB[name] for name in ("job_id", "asset_id", "media_bucket", "caused_by")}
    head = {**work, "kind": "video", "index": 0}
    body, track = {**head, "index": 1}, {**head, "kind": "audio"}
    assert workers.called("FARGATE_SPOT") == [body]
    assert sorted(workers.called("EncodeFunction"), key=str) == [track, head]
    assert sorted((call["order"] for call in workers.called("Publish")), key=str) == [track, head, body]
    assert workers.called("Images") == [{"schema": "video.generate_thumbnails/1", **JOB}]
    assert not workers.called("FARGATE")
    assert not workers.called("Fail")


def test_an_execution_that_does_not_say_what_caused_it_runs_like_any_other(engine: Engine) -> None:
    workers = Workers()
    assert engine.run(workers, without="caused_by").status == "SUCCEEDED"
    assert workers.called("Probe") == [{**JOB, "caused_by": {}}]
    assert [order["caused_by"] for order in workers.called("FARGATE_SPOT")] == [{}]


def test_steps_see_the_job_and_what_was_found_out_before(engine: Engine) -> None:
    workers = Workers()
    engine.run(workers)
    assert workers.called("Probe") == [JOB]
    (package,) = workers.called("Package")
    assert package["probe"] == {"media_info_key": "work/j1/media_info.json"}
    assert package["plan"]["plan_key"] == "work/j1/plan.json"


@pytest.mark.parametrize("exit_code", [143, 75, 137, NEVER_RAN])
def test_a_shard_whose_spot_task_does_not_end_well_is_encoded_on_demand(engine: Engine, exit_code: int) -> None:
    workers = Workers({"FARGATE_SPOT": [exit_code]})
    assert engine.run(workers).status == "SUCCEEDED"
    assert workers.called("FARGATE") == workers.called("FARGATE_SPOT")


def test_a_shard_finds_no_spot_capacity_and_is_encoded_on_demand(engine: Engine) -> None:
    refused = Raised("AmazonECSException", "Capacity is unavailable at this time")
    workers = Workers({"FARGATE_SPOT": [refused, refused]})
    assert engine.run(workers).status == "SUCCEEDED"
    assert len(workers.called("FARGATE")) == 1


def test_a_worker_that_says_permanent_is_not_asked_again_and_the_job_fails(engine: Engine) -> None:
    workers = Workers({"FARGATE_SPOT": [65]})
    end = engine.run(workers)
    assert end.status == "FAILED"
    assert not workers.called("FARGATE")
    (failed,) = workers.called("Fail")
    assert failed["error"]["Error"] in {"PermanentError", "States.ExceedToleratedFailureThreshold"}
    assert not workers.called("Package")


def test_a_shard_is_given_up_after_five_tasks(engine: Engine) -> None:
    workers = Workers({"FARGATE_SPOT": [143], "FARGATE": [75, 75, 75, 75]})
    assert engine.run(workers).status == "FAILED"
    assert len(workers.called("FARGATE")) == 4
    assert len(workers.called("Fail")) == 1


def test_the_head_goes_on_demand_when_its_function_has_a_bug(engine: Engine) -> None:
    workers = Workers({"EncodeFunction": [Raised("InternalError")] * 6})
    assert engine.run(workers).status == "SUCCEEDED"
    assert {order["kind"] for order in workers.called("FARGATE")} == {"video", "audio"}


def test_the_head_s_permanent_error_fails_the_job_at_once(engine: Engine) -> None:
    workers = Workers({"EncodeFunction": [Raised("PermanentError", REASON)] * 2})
    assert engine.run(workers).status == "FAILED"
    assert not workers.called("FARGATE")


def test_pictures_that_fail_do_not_fail_the_job(engine: Engine) -> None:
    workers = Workers({"Images": [Raised("PermanentError", REASON)]})
    assert engine.run(workers).status == "SUCCEEDED"
    assert len(workers.called("Finish")) == 1


def test_the_text_that_a_film_brings_along_is_asked_for_once(engine: Engine) -> None:
    workers = Workers()
    assert engine.run(workers).status == "SUCCEEDED"
    assert workers.called("Subtitles") == [JOB]


def test_text_that_cannot_be_had_is_said_and_does_not_fail_the_job(engine: Engine) -> None:
    workers = Workers({"Subtitles": [Raised("PermanentError", REASON)]})
    assert engine.run(workers).status == "SUCCEEDED"
    first, said = workers.called("Subtitles")
    assert (first, said["error"]["Error"]) == (JOB, "PermanentError")
    assert len(workers.called("Finish")) == 1


def test_not_even_saying_that_there_is_no_text_fails_the_job(engine: Engine) -> None:
    workers = Workers({"Subtitles": [Raised("PermanentError", REASON)] * 5})
    assert engine.run(workers).status == "SUCCEEDED"
    assert len(workers.called("Subtitles")) == 2


def test_a_file_that_is_no_film_is_refused_with_its_reason(engine: Engine) -> None:
    workers = Workers({"Probe": [Raised("PermanentError", REASON)]})
    end = engine.run(workers)
    assert (end.status, end.error) == ("FAILED", "PermanentError")
    (failed,) = workers.called("Fail")
    assert json.loads(failed["error"]["Cause"])["errorMessage"] == REASON
    assert failed["job_id"] == "j1"
    assert not workers.called("Plan")


def test_a_transient_error_of_a_step_is_tried_again(engine: Engine) -> None:
    workers = Workers({"Finish": [Raised("TransientError")]})
    assert engine.run(workers).status == "SUCCEEDED"
    assert len(workers.called("Finish")) == 2
