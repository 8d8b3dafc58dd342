"""Messages: what was sent once is read for ever; what is of another version is refused and not guessed at."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from marquee.domain.errors import InvalidRequest, UnknownSchema
from marquee.domain.events import WEBHOOK_TYPES, Event
from marquee.domain.jobs import Job, JobStatus, Problem, Task, TaskName, TaskStatus, new_job
from marquee.domain.media import Model
from marquee.domain.message_facts import messages_of, video_uploaded
from marquee.domain.messages import (
    MESSAGES,
    SCHEMAS,
    TranscodeVideo,
    VideoUploaded,
    check_schema,
    read_message,
    schema_of,
    whole_message,
)
from marquee.domain.pipeline import Execution, JobPointer, Source

from tests.layers.domain.golden_messages import FOLDER, GOLDEN, golden

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SOURCE = Source(bucket="uploads", key="uploads/upl_1/source")
# What a step reads of what it is handed, by the message that this is.
READ_BY_STEPS: dict[str, type[Model]] = {
    "video.transcode": Execution,
    "video.generate_thumbnails": JobPointer,
    "video.generate_subtitles": JobPointer,
}


def schema_in(path: Path) -> str:
    name, version = path.name.removesuffix(".json").removesuffix(".least").rsplit(".v", 1)
    return schema_of(name, int(version))


@pytest.mark.parametrize("path", [p for p in GOLDEN if ".v0" not in p.name], ids=lambda path: path.name)
def test_every_message_ever_sent_is_read_by_today_s_code(path: Path) -> None:
    message, schema = golden(path), schema_in(path)
    check_schema(message)
    read = SCHEMAS[schema].model_validate(message)
    for name, value in read.model_dump(mode="json", exclude_unset=True).items():
        assert value == message[name]


@pytest.mark.parametrize("path", [p for p in GOLDEN if schema_in(p)[:-2] in READ_BY_STEPS], ids=lambda path: path.name)
def test_steps_read_what_this_and_the_last_release_hand_them(path: Path) -> None:
    message = golden(path)
    check_schema(message)
    read = READ_BY_STEPS[schema_in(path)[:-2]].model_validate(message)
    assert read.model_dump()["job_id"] == message["job_id"]


def test_every_schema_has_its_golden_messages() -> None:
    there = {schema_in(path) for path in GOLDEN}
    assert set(SCHEMAS) <= there


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_fields_that_a_newer_release_may_add_are_passed_over(path: Path) -> None:
    def more(value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {**{key: more(item) for key, item in value.items()}, "of_tomorrow": {"a": [1]}}

    message, schema = golden(path), schema_in(path)
    if schema in SCHEMAS:
        model = SCHEMAS[schema]
        assert model.model_validate(more(message)) == model.model_validate(message)


def test_a_message_is_read_by_name_also_out_of_an_event_of_a_bus() -> None:
    message = golden(FOLDER / "video.uploaded.v1.json")
    plain = read_message(json.dumps(message), "video.uploaded", VideoUploaded)
    wrapped = {"version": "0", "id": "1", "detail-type": "video.uploaded", "source": "marquee", "detail": message}
    assert read_message(json.dumps(wrapped), "video.uploaded", VideoUploaded) == plain
    assert plain.source.key == message["source"]["key"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"schema": "video.uploaded/2", "upload_id": "u"}', UnknownSchema),
        ('{"schema": "video.transcode/1"}', UnknownSchema),
        ('{"upload_id": "u"}', UnknownSchema),
        ('{"schema": 1}', UnknownSchema),
        ('{"schema": "video.uploaded/1"}', InvalidRequest),
        ('{"detail-type": "video.uploaded", "detail": "text"}', InvalidRequest),
        ("[]", InvalidRequest),
        ("{", InvalidRequest),
    ],
)
def test_what_is_no_such_message_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_message(text, "video.uploaded", VideoUploaded)


@pytest.mark.parametrize("schema", ["video.transcode/2", "video.transcode", "film.cut/1", "", 1, {"a": 1}], ids=str)
def test_a_step_refuses_a_version_that_it_does_not_know(schema: object) -> None:
    with pytest.raises(UnknownSchema):
        check_schema({"schema": schema, "job_id": "job_1"})


def job(status: JobStatus = "running", **more: object) -> Job:
    new = new_job("job_1", asset_id="ast_1", upload_id="upl_1", version=1, filename="f.mp4", now=NOW)
    return new.model_copy(
        update={"status": status, "attempt": 1, "source": SOURCE, "media_bucket": "media", "finished_at": NOW, **more}
    )


def with_task(name: TaskName, status: TaskStatus, *, minute: int = 0, **more: object) -> Job:
    at = NOW + timedelta(minutes=minute)
    task = Task(status=status, started_at=None if status == "skipped" else at, finished_at=at, **more)
    if status == "running":
        task = task.model_copy(update={"finished_at": None})
    return job(tasks={**job().tasks, name: task})


def types(given: Job) -> list[str]:
    return [event.type for event in messages_of(given)]


def test_a_run_is_an_order_and_its_end_a_result() -> None:
    assert types(job("pending", attempt=0, source=None)) == []
    assert types(job()) == ["video.transcode"]
    order, result = messages_of(job("failed", error=Problem(code="no_video", message="There is no picture.")))
    assert result.message() == {
        "schema": "video.transcode.result/1",
        "id": "evt_job_1_1_video-transcode-result",
        "time": "2026-11-21T12:00:00Z",
        **{"asset_id": "ast_1", "job_id": "job_1", "version": 1, "attempt": 1, "status": "failed"},
        **{"playback_url": None, "dash_url": None},
        "error": {"code": "no_video", "message": "There is no picture."},
    }
    # the order on the bus is what the execution of the same run is handed, but for what is our log's alone
    handed = job().execution().model_dump(exclude={"caused_by"})
    assert TranscodeVideo.model_validate(order.message()).model_dump() == handed


def test_a_film_is_transcoded_when_viewers_are_let_in_and_not_when_its_job_ends() -> None:
    released = job(released_at=NOW, playable=True, finished_at=None)
    assert types(released) == types(job("completed", playable=True)) == ["video.transcode", "video.transcode.result"]
    assert types(job("completed", playable=False)) == ["video.transcode"]


@pytest.mark.parametrize(
    ("task", "name"),
    [("images", "generate_thumbnails"), ("captions", "generate_subtitles"), ("analysis", "ai_analysis")],
)
def test_enrichers_are_ordered_and_tell_how_they_ended(task: TaskName, name: str) -> None:
    assert types(with_task(task, "running"))[1:] == [f"video.{name}"]
    assert types(with_task(task, "skipped"))[1:] == [f"video.{name}.result"]
    problem = Problem(code="timed_out", message="Too long.")
    *_, result = messages_of(with_task(task, "failed", error=problem))
    said = result.message()
    assert (said["schema"], said["status"]) == (f"video.{name}.result/1", "failed")
    assert (said["error"], said["media_prefix"]) == (problem.model_dump(), "media/ast_1/1/")


def test_a_task_that_is_done_again_is_another_fact() -> None:
    first, again = (with_task("captions", "completed", minute=minute) for minute in (0, 1))
    assert not {event.id for event in messages_of(first)[1:]} & {event.id for event in messages_of(again)[1:]}


def test_a_time_is_the_same_fact_however_exactly_it_is_kept() -> None:
    exact = with_task("images", "running")
    started = NOW.replace(microsecond=491_139)
    tasks = [
        exact.tasks["images"].model_copy(update={"started_at": at})
        for at in (started, started.replace(microsecond=491_000))
    ]
    ids = [messages_of(exact.model_copy(update={"tasks": {"images": task, "probe": Task()}}))[-1].id for task in tasks]
    assert ids[0] == ids[1]


def test_every_fact_comes_back_from_a_store_as_what_it_was_and_is_valid_by_its_schema() -> None:
    over = Task(status="completed", started_at=NOW, finished_at=NOW)
    done = job("completed", playable=True, tasks=dict.fromkeys(job().tasks, over))
    facts = [video_uploaded(done, SOURCE, NOW), *messages_of(done)]
    assert {fact.type for fact in facts} == set(MESSAGES)
    assert not {fact.type for fact in facts} & WEBHOOK_TYPES
    for fact in facts:
        back = Event.model_validate(fact.model_dump())
        assert (back, type(back.data)) == (fact, type(fact.data))
        said = fact.message()
        assert whole_message(said["schema"], SCHEMAS[said["schema"]]).model_validate(said)
