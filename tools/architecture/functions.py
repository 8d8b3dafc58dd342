"""Who calls each function, and what it reaches: by triggers, roles and variables in the templates."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tools.architecture.templates import Resource, Templates
from tools.architecture.words import KIND_OF, kind_and_title, rate, title
from tools.blocks import table

Callers = dict[str, set[str]]


def ours(templates: Templates) -> list[Resource]:
    """Functions of ours, by name; those that the CDK brings along have no service's name."""
    found = [r for r in templates.of("AWS::Lambda::Function") if _variables(r).get("POWERTOOLS_SERVICE_NAME")]
    return sorted(found, key=title)


def functions_table(templates: Templates) -> str:
    called = callers(templates)
    rows = [
        (
            f"`{title(function)}`",
            ", ".join(sorted(called[function.logical_id])) or "–",
            ", ".join(sorted({kind_and_title(r) for r in reached(templates, function)})) or "–",
            str(function.properties["Timeout"]),
        )
        for function in ours(templates)
    ]
    return table(("function", "called by", "reaches", "seconds"), rows)


def callers(templates: Templates) -> Callers:
    """By the function's logical id."""
    called: Callers = defaultdict(set)
    for function, caller in (*_by_request(templates), *_by_event(templates), *_by_deployment(templates)):
        called[function.logical_id].add(caller)
    for caller_function in ours(templates):
        for found in reached(templates, caller_function):
            if found.type == "AWS::Lambda::Function":
                called[found.logical_id].add(kind_and_title(caller_function))
    return called


def _by_request(templates: Templates) -> Iterator[tuple[Resource, str]]:
    for integration in templates.of("AWS::ApiGatewayV2::Integration"):
        yield templates.one(integration.stack, integration.properties["IntegrationUri"]), "API"


def _by_event(templates: Templates) -> Iterator[tuple[Resource, str]]:
    for source in templates.of("AWS::Lambda::EventSourceMapping"):
        queue = templates.one(source.stack, source.properties["EventSourceArn"])
        yield templates.one(source.stack, source.properties["FunctionName"]), kind_and_title(queue)
    for schedule in templates.of("AWS::Scheduler::Schedule"):
        target = templates.one(schedule.stack, schedule.properties["Target"]["Arn"])
        yield target, rate(schedule.properties["ScheduleExpression"])
    for machine in templates.of("AWS::StepFunctions::StateMachine"):
        for found in _functions_in(templates, machine.stack, machine.properties["DefinitionString"]):
            yield found, kind_and_title(machine)


def _by_deployment(templates: Templates) -> Iterator[tuple[Resource, str]]:
    """What is called when stacks are deployed, and by the clock of secrets."""
    for rotation in templates.of("AWS::SecretsManager::RotationSchedule"):
        for found in _functions_in(templates, rotation.stack, rotation.properties.get("RotationLambdaARN")):
            yield found, "rotation of secrets"
    for resource in templates.resources:
        if resource.type.startswith("Custom::"):
            given = [resource.properties.get(name) for name in ("ServiceToken", "HandlerArn")]
            for found in _functions_in(templates, resource.stack, given):
                yield found, "deployment"


def reached(templates: Templates, function: Resource) -> Iterator[Resource]:
    """What its variables name and its role's policies allow, each once; not itself."""
    role = templates.one(function.stack, function.properties["Role"])
    given: list[tuple[str, Any]] = [(function.stack, _variables(function)), (role.stack, role.properties)]
    for policy in templates.of("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        if policy.stack == role.stack and {"Ref": role.logical_id} in policy.properties.get("Roles", []):
            given.append((policy.stack, policy.properties["PolicyDocument"]))
    seen = {function.logical_id}
    for stack, value in given:
        for found in map(templates.whole, templates.referred(stack, value)):
            found = _database(templates, found)
            if found.type in KIND_OF and found.logical_id not in seen:
                seen.add(found.logical_id)
                yield found


def _database(templates: Templates, found: Resource) -> Resource:
    """The cluster, where the secret is what opens it."""
    if found.type == "AWS::SecretsManager::Secret" and re.search(r"Credentials", found.path):
        return next(templates.of("AWS::DocDB::DBCluster"), found)
    return found


def _functions_in(templates: Templates, stack: str, value: object) -> Iterator[Resource]:
    for found in map(templates.whole, templates.referred(stack, value)):
        if found.type == "AWS::Lambda::Function":
            yield found


def _variables(function: Resource) -> dict[str, Any]:
    variables: dict[str, Any] = function.properties.get("Environment", {}).get("Variables", {})
    return variables
