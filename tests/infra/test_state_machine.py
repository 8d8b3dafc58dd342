"""The definition as a reviewer reads it: nothing waits for ever, every error has one meaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from infra.constructs.retries import BUG, ECS_TRANSIENT, LAMBDA_TRANSIENT
from infra.environments import ENVIRONMENTS
from tests.infra.templates import Templates, states

LAMBDA = "lambda:invoke"
RUN_TASK = "ecs:runTask.sync"


@pytest.fixture(scope="module")
def by_name(dev: Templates) -> dict[str, dict[str, Any]]:
    return dict(states(dev.state_machine()))


def tasks(by_name: dict[str, dict[str, Any]], integration: str) -> dict[str, dict[str, Any]]:
    return {name: s for name, s in by_name.items() if s["Type"] == "Task" and s["Resource"].endswith(integration)}


def test_the_words_are_those_of_the_field(dev: Templates) -> None:
    assert set(dev.state_machine()["States"]) == {
        "IsCauseKnown", "CauseUnknown", "Probe", "Plan", "Make", "WantsAnalysis", "BeginAnalysis", "Analyze",
        "WithoutAnalysis", "Finish", "RecordFailure", "Failed",
    }  # fmt: skip


@pytest.mark.parametrize("machine", ["Transcode", "EnrichMachine"])
def test_every_task_and_the_machine_itself_end(templates: Templates, machine: str) -> None:
    definition = templates.state_machine(machine)
    assert 0 < definition["TimeoutSeconds"] <= 86_400
    for name, state in states(definition):
        if state["Type"] == "Task":
            assert state.get("TimeoutSeconds", 0) > 0, name


def test_as_many_shards_are_made_at_once_as_the_environment_says(environments: Mapping[str, Templates]) -> None:
    for name, templates in environments.items():
        shards = dict(states(templates.state_machine()))["EncodeShards"]
        assert shards["MaxConcurrency"] == ENVIRONMENTS[name].worker.shard_concurrency


def test_a_function_that_hangs_ends_by_its_own_timeout_before_the_task_s(
    dev: Templates, by_name: dict[str, dict[str, Any]]
) -> None:
    for name, state in tasks(by_name, LAMBDA).items():
        resources = dev.by_stack["Pipeline"]["Resources"]
        version = resources[state["Parameters"]["FunctionName"]]["Properties"]
        timeout = resources[version["FunctionName"]["Ref"]]["Properties"]["Timeout"]
        assert state["TimeoutSeconds"] > timeout, name


def test_every_retry_has_full_jitter_a_cap_and_an_end(by_name: dict[str, dict[str, Any]]) -> None:
    for name, state in by_name.items():
        if state["Type"] == "Task":
            assert state["Retry"], name
        for retry in state.get("Retry", []):
            assert retry["JitterStrategy"] == "FULL"
            assert retry["MaxDelaySeconds"] <= 60
            assert 1 <= retry["MaxAttempts"] <= 6


def test_functions_are_called_again_for_transient_errors_and_twice_for_bugs(
    by_name: dict[str, dict[str, Any]],
) -> None:
    for name, state in tasks(by_name, LAMBDA).items():
        transient, bug = state["Retry"]
        timeouts = ["States.Timeout"] if name.startswith("Encode") else []
        assert transient["ErrorEquals"] == LAMBDA_TRANSIENT + timeouts
        assert (bug["ErrorEquals"], bug["MaxAttempts"]) == (BUG, 2)


def test_starting_a_task_is_tried_again_but_not_what_it_did(by_name: dict[str, dict[str, Any]]) -> None:
    for state in tasks(by_name, RUN_TASK).values():
        (retry,) = state["Retry"]
        assert retry["ErrorEquals"] == ECS_TRANSIENT


def test_permanent_errors_are_never_retried(by_name: dict[str, dict[str, Any]]) -> None:
    retried = {error for state in by_name.values() for r in state.get("Retry", []) for error in r["ErrorEquals"]}
    assert not retried & {"PermanentError", "States.ALL", "States.TaskFailed"}


def test_any_error_is_told_to_the_job(dev: Templates) -> None:
    top = dev.state_machine()["States"]
    for name in ("Probe", "Plan", "Make", "Finish"):
        assert top[name]["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "RecordFailure"}]
    assert top["RecordFailure"]["Next"] == "Failed"
    assert top["Failed"]["ErrorPath"] == "$.error.Error"


@pytest.mark.parametrize(
    ("state", "otherwise"),
    [
        ("Images", "WithoutImages"),
        ("TakeText", "WithoutText"),
        ("CutSpeech", "WithoutCaptions"),
        ("Listen", "WithoutCaptions"),
        ("MakeCaptions", "WithoutCaptions"),
        ("BeginAnalysis", "WithoutAnalysis"),
        ("Analyze", "WithoutAnalysis"),
    ],
)
def test_what_enriches_a_film_never_fails_its_job(
    by_name: dict[str, dict[str, Any]], state: str, otherwise: str
) -> None:
    (catch,) = by_name[state]["Catch"]
    assert (catch["ErrorEquals"], catch["Next"]) == (["States.ALL"], otherwise)
    (last,) = by_name[otherwise]["Catch"]
    assert last["ErrorEquals"] == ["States.ALL"]
    assert by_name[otherwise]["Next"] == last["Next"]


def test_the_film_is_released_by_its_own_branch(dev: Templates) -> None:
    film, text, captions = dev.state_machine()["States"]["Make"]["Branches"]
    package, images = film["States"]["Encoded"]["Branches"]
    assert package["States"]["Package"]["Next"] == "Release"
    assert package["States"]["Release"]["End"] is True
    assert images["StartAt"] == "Images"
    assert (text["StartAt"], captions["StartAt"]) == ("BringsText", "WantsCaptions")


def test_shards_are_read_from_the_plan_s_file_each_in_a_run_of_its_own(
    dev: Templates, by_name: dict[str, dict[str, Any]]
) -> None:
    shards = by_name["EncodeShards"]
    assert shards["ItemReader"]["Parameters"] == {"Bucket.$": "$.plan.bucket", "Key.$": "$.plan.items_key"}
    assert shards["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}


def test_states_pass_pointers_not_results(by_name: dict[str, dict[str, Any]]) -> None:
    assert by_name["EncodeShards"]["ResultPath"] is None
    assert by_name["EncodeTracks"]["ResultPath"] is None
    assert by_name["PublishVideo"]["OutputPath"] == "$.order.index"


def test_a_worker_is_told_its_order_whichever_way_it_runs(by_name: dict[str, dict[str, Any]]) -> None:
    assert by_name["EncodeVideoOnLambda"]["Parameters"]["Payload.$"] == "$.order"
    for runner in ("OnSpot", "OnDemand"):
        (override,) = by_name[f"EncodeVideo{runner}"]["Parameters"]["Overrides"]["ContainerOverrides"]
        assert override["Environment"] == [{"Name": "ORDER", "Value.$": "States.JsonToString($.order)"}]


def test_the_body_goes_to_spot_first_and_then_on_demand(by_name: dict[str, dict[str, Any]]) -> None:
    for kind in ("Video", "Audio"):
        for runner, provider in (("OnSpot", "FARGATE_SPOT"), ("OnDemand", "FARGATE")):
            parameters = by_name[f"Encode{kind}{runner}"]["Parameters"]
            assert parameters["CapacityProviderStrategy"] == [{"CapacityProvider": provider, "Weight": 1}]
            assert "LaunchType" not in parameters


def test_runs_are_logged_and_traced(templates: Templates) -> None:
    for name in ("Transcode", "EnrichMachine"):
        machine = templates.machine(name)
        assert machine["LoggingConfiguration"]["Level"] == "ALL"
        assert machine["TracingConfiguration"] == {"Enabled": True}
