"""Plug-ins: asked by an event with a task's token, heard whatever they say, and absent unless switched on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from marquee.domain.messages import SCHEMAS, check_schema
from marquee.services.hear_plugin import PluginHeard

from docs.examples.plugin import subscribe, work_off
from infra.build import build_app
from infra.enrichment import Enrichment
from infra.environments import DEV, Environment
from infra.plugins import AskedBeforePublish, Plugins, ToldWhenReady
from infra.sources import Sources
from tests.infra.engine import JOB
from tests.infra.plugin_engine import PluginEngine, definition_of, plugin_engine
from tests.infra.templates import Templates, states, variables_of


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
    told = {name: value for name, value in JOB.items() if name != "caused_by"}  # that is for our own log
    assert {name: asked[name] for name in told} == told
    assert "caused_by" not in asked
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


def synthesized(sources: Sources, folder: Path, **choices: object) -> Templates:
    known = {name: getattr(DEV, name) for name in Environment.model_fields}
    build_app([Environment(**{**known, **choices})], sources, outdir=folder).synth()
    return Templates.load(folder, "dev")


BOTH = Plugins(before_publish=AskedBeforePublish(answer_within_seconds=60), after_ready=ToldWhenReady())


def after(definition: Mapping[str, Any], name: str) -> str | None:
    """The state that comes next."""
    (state,) = [state for known, state in states(definition) if known == name]
    following: str | None = state.get("Next")
    return following


def test_nobody_is_asked_by_default(templates: Templates) -> None:
    assert not [name for name, _ in states(templates.state_machine()) if name.startswith(("Ask", "Hear"))]
    assert variables_of(templates.functions()["publish"])["WATCHED_EARLY"] == "true"


def test_the_points_lie_around_the_release(sources: Sources, tmp_path: Path) -> None:
    asked = synthesized(sources, tmp_path, plugins=BOTH)
    machine = asked.state_machine()
    way = ["Package"]
    while (following := after(machine, way[-1])) is not None:
        way.append(following)
    assert way == ["Package", "AskBeforePublish", "HearBeforePublish", "Release", "AskAfterReady", "HearAfterReady"]
    by_name = dict(states(machine))
    assert by_name["AskBeforePublish"]["TimeoutSeconds"] == 60
    assert by_name["HearBeforePublish"].get("Catch") is None  # a refusal fails the film
    assert by_name["HearAfterReady"]["Catch"][0]["Next"] == "NobodyHeard"  # here nothing does
    for function in ("publish", "package"):
        assert variables_of(asked.functions()[function])["WATCHED_EARLY"] == "false"
    granted = asked.grants(asked.machine("Transcode")["RoleArn"])
    assert {resource for action, resource in granted if action == "events:PutEvents"} == {"EventBus"}


def test_a_film_that_waits_for_its_verdict_is_asked_about_before_the_end_publishes_it(
    sources: Sources, tmp_path: Path
) -> None:
    enrichment = Enrichment(analysis_provider="local", moderation="hold")
    plugins = Plugins(before_publish=AskedBeforePublish())
    machine = synthesized(sources, tmp_path, enrichment=enrichment, plugins=plugins).state_machine()
    assert (after(machine, "Analyze"), after(machine, "HearBeforePublish")) == ("AskBeforePublish", "Finish")
    assert dict(states(machine))["HearBeforePublish"]["Catch"][0]["Next"] == "RecordFailure"
