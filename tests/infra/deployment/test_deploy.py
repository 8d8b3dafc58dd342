"""The first deployment to an empty account, by the real tool: everything is made, and made as the templates say."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.cloudformation import parsing

from tests.infra.deployment.command_line import ACCOUNT, REGION, Aws, running_aws
from tests.infra.templates import Templates

ASSETS = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"


@pytest.fixture(scope="module")
def dev_assembly(assembly: Path) -> Path:
    return assembly / "assembly-Marquee-dev"


@pytest.fixture(scope="module")
def aws(dev_assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """An account that has been bootstrapped and has dev's stacks."""
    with running_aws(tmp_path_factory.mktemp("deployment")) as made:
        made.bootstrap()
        made.put_images(dev_assembly)
        made.deploy(dev_assembly)
        yield made


def resources_of(aws: Aws, stack: str) -> dict[str, str]:
    """Physical ids of a stack's resources by their logical ones."""
    pages = (
        aws.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=f"Marquee-dev-{stack}")
    )
    return {r["LogicalResourceId"]: r["PhysicalResourceId"] for page in pages for r in page["StackResourceSummaries"]}


def test_bootstrapping_leaves_what_the_assembly_asks_for(aws: Aws, dev_assembly: Path) -> None:
    version = aws.client("ssm").get_parameter(Name="/cdk-bootstrap/hnb659fds/version")["Parameter"]["Value"]
    manifest = json.loads((dev_assembly / "manifest.json").read_text())
    asked = [a["properties"].get("requiresBootstrapStackVersion", 0) for a in manifest["artifacts"].values()]
    assert int(version) >= max(asked) > 0


def test_every_resource_of_every_stack_is_made(aws: Aws, dev: Templates) -> None:
    for stack, template in dev.by_stack.items():
        described = aws.client("cloudformation").describe_stacks(StackName=f"Marquee-dev-{stack}")["Stacks"][0]
        assert described["StackStatus"] == "CREATE_COMPLETE"
        assert set(resources_of(aws, stack)) == set(template["Resources"])


def test_most_resources_are_really_made_and_not_stood_in_for(dev: Templates) -> None:
    types = [resource["Type"] for template in dev.by_stack.values() for resource in template["Resources"].values()]
    real = [name for name in types if name in parsing.get_model_map()]
    assert {"AWS::Lambda::Function", "AWS::IAM::Policy", "AWS::StepFunctions::StateMachine"} <= set(real)
    assert len(real) > len(types) / 2


def test_functions_have_the_code_of_their_assets(aws: Aws, dev: Templates) -> None:
    ours = [(s, i, f) for s, i, f in dev.resources("AWS::Lambda::Function") if "S3Key" in f["Code"]]
    assert len(ours) > 30
    names = {stack: resources_of(aws, stack) for stack in dev.by_stack}
    functions, files = aws.client("lambda"), aws.client("s3")
    for stack, logical_id, function in ours:
        made = functions.get_function_configuration(FunctionName=names[stack][logical_id])
        stored = files.get_object(Bucket=ASSETS, Key=function["Code"]["S3Key"])["Body"].read()
        assert made["CodeSha256"] == base64.b64encode(hashlib.sha256(stored).digest()).decode()
        assert (made["Handler"], made["Runtime"]) == (function["Handler"], function["Runtime"])


def test_state_machines_are_made_of_definitions_without_a_loose_end(aws: Aws) -> None:
    machines = aws.client("stepfunctions")
    made = machines.list_state_machines()["stateMachines"]
    assert len(made) == 2
    for machine in made:
        text = machines.describe_state_machine(stateMachineArn=machine["stateMachineArn"])["definition"]
        assert not [word for word in ("Fn::", "${", "AWS::", "None") if word in text]
        assert json.loads(text)["StartAt"]


def test_what_fails_in_a_queue_goes_to_a_queue_that_is_there(aws: Aws) -> None:
    queues = aws.client("sqs")
    made = {
        attributes["QueueArn"]: attributes
        for url in queues.list_queues()["QueueUrls"]
        for attributes in [queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]]
    }
    led = [json.loads(a["RedrivePolicy"])["deadLetterTargetArn"] for a in made.values() if "RedrivePolicy" in a]
    assert led
    assert set(led) <= set(made)


def test_a_second_deployment_of_the_same_changes_nothing(aws: Aws, dev_assembly: Path, dev: Templates) -> None:
    said = aws.deploy(dev_assembly)
    assert said.count("(no changes)") == len(dev.by_stack)


def test_the_outputs_say_where_the_service_is(aws: Aws) -> None:
    assert aws.outputs()["Marquee-dev-Delivery"]["Url"].startswith("https://")
