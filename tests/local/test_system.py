"""An assembly becomes the system that it describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.assembly import AssemblyError, load_assembly
from local.intrinsics import TemplateError
from local.model import System
from local.references import Platform
from local.system import UnknownResourcesError, build_system
from local.warming import warm_first
from tests.local import tiny_app

_PLATFORM = Platform(aws_port=1, edge_port=2, valkey_port=3, database_port=4)


def _system(folder: Path) -> System:
    return build_system(load_assembly(tiny_app.build(folder, folder / "seen"), "dev"), _PLATFORM)


def test_stacks_come_in_the_order_of_their_dependencies(tmp_path: Path) -> None:
    assembly = load_assembly(tiny_app.build(tmp_path, tmp_path / "seen"), "dev")
    assert [stack.name for stack in assembly.stacks] == ["Tiny-Data", "Tiny-App"]


def test_names_are_the_same_at_every_start(tmp_path: Path) -> None:
    first, second = _system(tmp_path / "one"), _system(tmp_path / "two")
    assert [bucket.name for bucket in first.buckets] == ["tiny-data-uploads", "tiny-media", "tiny-app-site"]
    assert first.buckets == second.buckets
    assert [secret.arn for secret in first.secrets] == [secret.arn for secret in second.secrets]


def test_references_cross_stacks(tmp_path: Path) -> None:
    system = _system(tmp_path)
    (source,) = system.event_sources
    assert source.queue_arn == "arn:aws:sqs:us-east-1:123456789012:Tiny-Data-Queue"
    assert source.function_arn == system.functions["Tiny-App-Consumer"].arn
    assert source.reports_failures


def test_a_queue_knows_its_dead_letter_queue(tmp_path: Path) -> None:
    queue = next(q for q in _system(tmp_path).queues if q.name == "Tiny-Data-Queue")
    assert json.loads(queue.attributes["RedrivePolicy"]) == {
        "deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:Tiny-Data-Dead",
        "maxReceiveCount": 2,
    }


def test_a_function_finds_its_code_and_our_layers(tmp_path: Path) -> None:
    function = _system(tmp_path).functions["Tiny-App-Echo"]
    assert (function.directory / "app.py").is_file()
    roots = function.environment["PYTHONPATH"].split(":")
    assert [Path(root).name for root in roots] == ["asset.code", "python"]
    assert function.environment["WORD"] == "in us-east-1"
    assert function.environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"


def test_a_layer_of_installed_distributions_is_left_to_the_environment(tmp_path: Path) -> None:
    assembly = tiny_app.build(tmp_path, tmp_path / "seen")
    (assembly / "assembly-Tiny-dev/asset.layer/python/thing-1.0.dist-info").mkdir()
    function = build_system(load_assembly(assembly, "dev"), _PLATFORM).functions["Tiny-App-Echo"]
    assert [Path(root).name for root in function.environment["PYTHONPATH"].split(":")] == ["asset.code"]


def test_a_container_runs_in_its_build_context(tmp_path: Path) -> None:
    (task,) = _system(tmp_path).task_definitions.values()
    (container,) = task.containers
    assert (container.directory / "worker.py").is_file()
    assert container.entry[1] == str(container.directory / "worker.py")
    assert container.environment["COLOUR"] == "blue"


def test_routes_lead_to_functions(tmp_path: Path) -> None:
    (api,) = _system(tmp_path).apis
    assert {route.key for route in api.routes} == {
        "ANY /api/{proxy+}",
        "GET /api/things/{thing_id}",
        "GET /api/scarce",
    }
    assert {route.function_arn.rsplit(":", 1)[-1] for route in api.routes} == {"Tiny-App-Http"}
    assert api.routes[0].timeout_seconds == 2.0


def test_functions_that_someone_waits_for_are_warmed_first(tmp_path: Path) -> None:
    names = [arn.rsplit(":", 1)[-1] for arn in warm_first(_system(tmp_path))]
    assert names == ["Tiny-App-Http", "Tiny-App-Consumer", "Tiny-App-Echo", "Tiny-App-Short"]


def test_resources_that_cannot_be_run_stop_the_start_by_name(tmp_path: Path) -> None:
    resources = {
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
        "Thing": {"Type": "Custom::Thing", "Properties": {}},
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {}},
    }
    assembly = load_assembly(tiny_app.build(tmp_path, tmp_path / "seen", resources=resources), "dev")
    with pytest.raises(UnknownResourcesError, match="AWS::DynamoDB::Table, Custom::Thing:"):
        build_system(assembly, _PLATFORM)


def test_a_missing_assembly_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="make synth"):
        load_assembly(tmp_path, "dev")


def test_an_unknown_environment_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match=r"no environment prod.*assembly-Tiny-dev"):
        load_assembly(tiny_app.build(tmp_path, tmp_path / "seen"), "prod")


@pytest.mark.parametrize(
    ("resource", "words"),
    [
        (
            {
                "Type": "AWS::Scheduler::Schedule",
                "Properties": {"ScheduleExpression": "rate(1 day)", "Target": {"Arn": "arn:aws:sns:us-east-1:1:topic"}},
            },
            "Extra calls arn:aws:sns:us-east-1:1:topic, which is not a function",
        ),
        (
            {
                "Type": "AWS::ApiGatewayV2::Route",
                "Properties": {
                    "ApiId": {"Ref": "Api"},
                    "RouteKey": "GET /secret",
                    "AuthorizationType": "AWS_IAM",
                    "Target": "integrations/none",
                },
            },
            "GET /secret asks AWS_IAM",
        ),
        (
            {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}},
            "keeps versions",
        ),
    ],
)
def test_what_would_be_run_wrongly_stops_the_start(tmp_path: Path, resource: Any, words: str) -> None:
    assembly = tiny_app.build(tmp_path, tmp_path / "seen", resources={"Extra": resource})
    with pytest.raises(TemplateError, match=words):
        build_system(load_assembly(assembly, "dev"), _PLATFORM)
