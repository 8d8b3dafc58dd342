"""Plug-ins: asked by an event with a task's token, heard whatever they say, and absent unless switched on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from marquee.domain.messages import SCHEMAS, check_schema
from marquee.services.hear_plugin import PluginHeard

from docs.examples.plugin import subscribe, work_off
from tests.infra.engine import JOB
from tests.infra.plugin_engine import PluginEngine, definition_of, plugin_engine


@pytest.fixture
def engine() -> Iterator[PluginEngine]:
    with plugin_engine() as engine:
        yield engine


def say(output: object) -> Any:
    def answer(states: Any, message: Mapping[str, Any]) -> None:
        states.send_task_success(taskToken=message["task_token"], output=json.dumps(output))

    return answer


def test_a_plug_in_is_asked_by_a_message_of_its_schema_and_its_answer_is_heard(engine: PluginEngine) -> None:
    approval = {"schema": "plugin.answer/1", "answer": "approve"}
    heard = engine.run(definition_of(), say(approval), subscribe)
    (asked,) = engine.asked
    check_schema(asked)
    call = SCHEMAS[asked["schema"]].model_validate(asked).model_dump()
    assert (asked["schema"], asked["id"]) == ("plugin.before_publish/1", "evt_a1-1-1_plugin-before_publish")
    assert (call["media_prefix"], call["answer_within_seconds"]) == ("media/a1/1/", 10)
    assert {name: asked[name] for name in JOB} == JOB
    assert PluginHeard.model_validate(heard).plugin == {"answer": approval}
    assert {name: heard[name] for name in JOB} == JOB


@pytest.mark.parametrize("garbage", ["approve", 7, None, ["x"], {"task_token": "x"}], ids=str)
def test_garbage_reaches_the_function_as_it_is(engine: PluginEngine, garbage: object) -> None:
    assert engine.run(definition_of(), say(garbage), subscribe)["plugin"] == {"answer": garbage}


def test_a_plug_in_that_fails_is_heard_as_an_error(engine: PluginEngine) -> None:
    def fail(states: Any, message: Mapping[str, Any]) -> None:
        states.send_task_failure(taskToken=message["task_token"], error="OutOfMemory", cause="It died.")

    heard = engine.run(definition_of(), fail, subscribe)
    assert PluginHeard.model_validate(heard).plugin["Error"] == "OutOfMemory"


def test_a_plug_in_that_says_nothing_is_not_waited_for_any_longer(engine: PluginEngine) -> None:
    heard = engine.run(definition_of(answer_within_seconds=1), lambda *_: None, subscribe)
    assert heard["plugin"]["Error"] == "States.Timeout"
    assert heard["without_answer"] == "refuse"


@pytest.mark.parametrize(
    ("playlist", "answer"),
    [("#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO\n", "approve"), ("#EXTM3U\n", "refuse")],
    ids=["sound", "silent"],
)
def test_the_documented_plug_in_answers_by_what_it_finds(engine: PluginEngine, playlist: str, answer: str) -> None:
    s3 = engine.client("s3")
    s3.create_bucket(Bucket=JOB["media_bucket"])
    s3.put_object(Bucket=JOB["media_bucket"], Key="media/a1/1/main.m3u8", Body=playlist.encode())

    def work(states: Any, message: Mapping[str, Any]) -> None:
        assert work_off(dict(message), s3, states) == f"plugin.before_publish/1 a1: {answer}"

    heard = engine.run(definition_of(), work, subscribe)
    assert heard["plugin"]["answer"]["answer"] == answer
