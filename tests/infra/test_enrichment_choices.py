"""Environments that choose otherwise: Whisper as the listener, verdicts that are waited for, nothing but the film."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from infra.build import build_app
from infra.enrichment import Enrichment
from infra.environments import DEV, STAGING, Environment
from infra.playback import Playback
from infra.sources import Sources
from tests.infra.engine import Engine, Workers, running_engine
from tests.infra.templates import Templates, plain, states

Synth = Callable[[Environment], Templates]


@pytest.fixture(scope="module")
def synth(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Synth:
    def synthesized(environment: Environment) -> Templates:
        folder = tmp_path_factory.mktemp("assembly")
        build_app([environment], sources, outdir=folder).synth()
        return Templates.load(folder, environment.name)

    return synthesized


def choosing(environment: Environment, **choices: object) -> Environment:
    return environment.model_copy(update={"enrichment": environment.enrichment.model_copy(update=choices)})


@pytest.fixture(scope="module")
def whisper(synth: Synth) -> Templates:
    return synth(choosing(DEV, captions_provider="whisper"))


def run_again(templates: Templates, workers: Workers) -> str:
    with running_engine(templates.state_machine("EnrichMachine")) as engine:
        return finished(engine, workers)


def finished(engine: Engine, workers: Workers) -> str:
    return engine.run(workers, task="captions", retry=1).status


def test_whisper_hears_a_whole_film_in_one_task(whisper: Templates) -> None:
    workers = Workers()
    assert run_again(whisper, workers) == "SUCCEEDED"
    (order,) = workers.called("FARGATE_SPOT")
    assert (order["kind"], order["index"], order["job_id"]) == ("transcribe_chunk", 0, "j1")
    assert [name for name, _ in workers.calls] == ["cut_speech", "FARGATE_SPOT", "Captions"]


def test_a_listener_that_is_taken_away_goes_on_on_demand(whisper: Templates) -> None:
    workers = Workers({"FARGATE_SPOT": [143]})
    assert run_again(whisper, workers) == "SUCCEEDED"
    assert workers.called("FARGATE") == workers.called("FARGATE_SPOT")
    assert len(workers.called("Captions")) == 1


def test_a_listener_that_cannot_is_said_to_have_failed(whisper: Templates) -> None:
    workers = Workers({"FARGATE_SPOT": [65], "FARGATE": [65]})
    assert run_again(whisper, workers) == "SUCCEEDED"
    (told,) = workers.called("Enrichment")
    assert (told["task"], told["happened"], told["error"]["Error"]) == ("captions", "failed", "States.TaskFailed")
    assert not workers.called("Captions")


def test_whisper_s_task_reads_and_writes_its_job_s_work_and_no_source(whisper: Templates) -> None:
    tasks = {i: p for _, i, p in whisper.resources("AWS::ECS::TaskDefinition")}
    (listener,) = [p for i, p in tasks.items() if i.startswith("Whisper")]
    assert whisper.grants(listener["TaskRoleArn"]) == {
        ("s3:GetObject", "Media/work/*"),
        ("s3:PutObject", "Media/work/*"),
        ("s3:GetObject", "Media/media/*"),
        ("s3:ListBucket", "Media"),
    }
    (container,) = listener["ContainerDefinitions"]
    told = {variable["Name"]: plain(variable["Value"]) for variable in container["Environment"]}
    assert (told["CAPTIONS_PROVIDER"], told["MODEL_PATH"]) == ("whisper", "/models/whisper")
    assert container["ReadonlyRootFilesystem"] is True


def test_where_a_verdict_is_waited_for_only_the_last_step_lets_viewers_in(synth: Synth) -> None:
    templates = synth(choosing(STAGING, moderation="hold"))
    names = {name for name, _ in states(templates.state_machine())}
    assert "Release" not in names
    assert {"Package", "Analyze", "Finish"} <= names


def test_an_environment_may_make_films_and_nothing_else(synth: Synth) -> None:
    templates = synth(choosing(DEV, captions_provider="off", analysis_provider="off"))
    names = {name for name, _ in states(templates.state_machine())}
    assert not {"CutSpeech", "Analyze", "WantsCaptions", "WantsAnalysis"} & names
    assert "Finish" in names


@pytest.mark.parametrize(
    "environment",
    [
        lambda: (
            DEV.model_copy(update={"playback": Playback(access="open")}).model_dump()
            | {"enrichment": Enrichment(moderation="hold", analysis_provider="local")}
        ),
        lambda: STAGING.model_dump() | {"enrichment": Enrichment(moderation="block")},
    ],
    ids=["open playback", "nobody examines"],
)
def test_a_gate_that_would_keep_nobody_out_is_refused(environment: Callable[[], dict[str, object]]) -> None:
    with pytest.raises(ValidationError):
        Environment.model_validate(environment())
