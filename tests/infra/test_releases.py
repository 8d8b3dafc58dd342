"""What a release is made of: callers name aliases, jobs name versions, and what is taken back is still there."""

from __future__ import annotations

import json
from collections.abc import Mapping

from infra.environments import ENVIRONMENTS
from infra.routes import ROUTES
from tests.infra.templates import Templates, plain, states

MOST_RESOURCES = 450  # CloudFormation takes 500 in a stack
VERSIONS = ("AWS::Lambda::Version", "AWS::StepFunctions::StateMachineVersion", "AWS::ECS::TaskDefinition")


def types(templates: Templates) -> Mapping[str, str]:
    return {
        name: resource["Type"]
        for template in templates.by_stack.values()
        for name, resource in template["Resources"].items()
    }


def test_queues_and_clocks_call_functions_in_their_alias(templates: Templates) -> None:
    called = [plain(s["Target"]["Arn"]) for _, _, s in templates.resources("AWS::Scheduler::Schedule")]
    fed = [json.dumps(m["FunctionName"]) for _, _, m in templates.resources("AWS::Lambda::EventSourceMapping")]
    assert {types(templates)[name] for name in called} == {"AWS::Lambda::Alias"}
    assert all(":live" in name for name in fed)
    assert len(fed) >= 2


def test_every_step_names_the_version_or_revision_that_its_job_began_with(templates: Templates) -> None:
    kinds = types(templates)
    for machine in ("Transcode", "EnrichMachine"):
        tasks = [state for _, state in states(templates.state_machine(machine)) if state["Type"] == "Task"]
        called = {kinds[t["Parameters"]["FunctionName"]] for t in tasks if "lambda:invoke" in t["Resource"]}
        run = {kinds[t["Parameters"]["TaskDefinition"]] for t in tasks if "ecs:runTask" in t["Resource"]}
        assert called == {"AWS::Lambda::Version"}
        assert run <= {"AWS::ECS::TaskDefinition"}


def test_what_a_deployment_replaces_stays_for_jobs_under_way_and_for_the_way_back(templates: Templates) -> None:
    for template in templates.by_stack.values():
        for name, resource in template["Resources"].items():
            if resource["Type"] in VERSIONS:
                assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain"), name


def test_jobs_under_way_may_still_call_what_a_deployment_has_replaced(templates: Templates) -> None:
    granted = templates.grants(templates.machine()["RoleArn"])
    called = {state["Parameters"]["FunctionName"] for _, state in states(templates.state_machine())
              if state["Type"] == "Task" and "lambda:invoke" in state["Resource"]}  # fmt: skip
    functions = {plain(v["FunctionName"]) for _, n, v in templates.resources("AWS::Lambda::Version") if n in called}
    assert {("lambda:InvokeFunction", f"{function}.Arn:*") for function in functions} <= granted
    assert any(action == "ecs:RunTask" and resource.endswith(":*") for action, resource in granted)


def test_jobs_are_started_in_the_machines_alias(templates: Templates) -> None:
    for name in ("ingest", "reconcile", "jobs"):
        asked = templates.functions()[name]["Environment"]["Variables"]["STATE_MACHINE_ARN"]
        assert "TranscodeLive" in plain(asked), name


def test_all_of_the_api_gets_a_tenth_of_the_calls_first_where_people_watch(
    environments: Mapping[str, Templates],
) -> None:
    for name, environment in ENVIRONMENTS.items():
        groups = list(environments[name].resources("AWS::CodeDeploy::DeploymentGroup"))
        answering = {route.function for route in ROUTES} if environment.rollout.canary_minutes else set()
        assert {group[len("Rollout") : -8].lower() for _, group, _ in groups} == answering
        for _, _, group in groups:
            assert "Canary10Percent" in plain(group["DeploymentConfigName"])
            assert len(group["AlarmConfiguration"]["Alarms"]) == 2
            assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


def test_codedeploy_moves_the_aliases_that_it_rolls_out(prod: Templates) -> None:
    aliases = [r for r in prod.by_stack["Api"]["Resources"].values() if r["Type"] == "AWS::Lambda::Alias"]
    moved = [alias for alias in aliases if "CodeDeployLambdaAliasUpdate" in alias.get("UpdatePolicy", {})]
    assert len(moved) == len(list(prod.resources("AWS::CodeDeploy::DeploymentGroup")))


def test_jobs_of_a_new_release_are_a_tenth_first_and_an_alarm_stops_it(prod: Templates) -> None:
    for _, _, alias in prod.resources("AWS::StepFunctions::StateMachineAlias"):
        preference = alias["DeploymentPreference"]
        assert (preference["Type"], preference["Percentage"]) == ("CANARY", 10)
        assert len(preference["Alarms"]) == 1


def test_no_stack_is_near_the_most_resources_that_it_may_have(templates: Templates) -> None:
    counts = {stack: len(template["Resources"]) for stack, template in templates.by_stack.items()}
    assert max(counts.values()) <= MOST_RESOURCES, counts


def test_images_are_named_by_what_is_in_them(templates: Templates) -> None:
    """Tags are hashes of the build contexts, in a registry whose tags cannot be moved."""
    images = [c["Image"] for _, _, task in templates.resources("AWS::ECS::TaskDefinition")
              for c in task["ContainerDefinitions"]]  # fmt: skip
    images += [f["Code"]["ImageUri"] for f in templates.functions().values() if "ImageUri" in f["Code"]]
    hashes = {
        image["destinations"][destination]["imageTag"]
        for path in templates.folder.glob("*.assets.json")
        for image in json.loads(path.read_text())["dockerImages"].values()
        for destination in image["destinations"]
    }
    tags = {json.dumps(image).rpartition(":")[2].strip('"]} ') for image in images}
    assert images
    assert tags <= hashes
    assert all(len(tag) == 64 for tag in tags)
