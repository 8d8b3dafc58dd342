"""Who comes in: each role is taken by the one service that it is for, and nothing is open to everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.infra.templates import Templates, plain, role_id

# Whose name stands for the role of a thing of each type.
SERVICES = {
    "AWS::Backup::BackupSelection": "backup",
    "AWS::CodeDeploy::DeploymentGroup": "codedeploy",
    "AWS::EC2::FlowLog": "vpc-flow-logs",
    "AWS::ECS::TaskDefinition": "ecs-tasks",
    "AWS::IAM::InstanceProfile": "ec2",
    "AWS::Lambda::Function": "lambda",
    "AWS::Scheduler::Schedule": "scheduler",
    "AWS::StepFunctions::StateMachine": "states",
}
# Where things have policies of their own.
POLICIES = {
    "AWS::Events::EventBusPolicy": "Statement",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def references(value: Any) -> Iterator[str]:
    """Logical ids that a value of a template points to."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), _]}:
            yield name
        case dict():
            for item in value.values():
                yield from references(item)
        case list():
            for item in value:
                yield from references(item)


def allowed_by_things(templates: Templates) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, key in POLICIES.items():
        for _, logical_id, properties in templates.resources(kind):
            policy = properties[key]
            for statement in listed(policy.get("Statement", policy)):
                if statement["Effect"] == "Allow":
                    yield logical_id, statement


def rights(templates: Templates, role: dict[str, Any]) -> set[tuple[str, str]]:
    """Pairs of an action and what it may be done to, as the template names it."""
    return {
        (action, plain(resource))
        for document in templates.policies(role_id(role))
        for statement in document["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def test_nothing_is_open_to_everybody(templates: Templates) -> None:
    allowed = list(allowed_by_things(templates))
    assert allowed
    for logical_id, statement in allowed:
        principal = statement["Principal"]
        named = [principal] if isinstance(principal, str) else [n for v in principal.values() for n in listed(v)]
        assert "*" not in named, f"{logical_id} lets everybody in: {statement}"
        assert not {"NotPrincipal", "NotAction", "NotResource"} & set(statement), logical_id


def test_a_role_is_taken_by_the_service_it_is_for_and_by_nobody_else(templates: Templates) -> None:
    for stack, template in templates.by_stack.items():
        for name, resource in template["Resources"].items():
            if resource["Type"] != "AWS::IAM::Role":
                continue
            users = [r["Type"] for r in template["Resources"].values() if name in references(r.get("Properties"))]
            wanted = {f"{SERVICES[kind]}.amazonaws.com" for kind in users if kind in SERVICES}
            assert len(wanted) == 1, f"{stack}/{name} is for nothing, or for too much: {users}"
            (statement,) = resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            assert statement["Action"] == "sts:AssumeRole", name
            assert statement["Principal"] == {"Service": wanted.pop()}, f"{stack}/{name}"


def test_functions_are_called_by_our_gateway_and_by_the_secret_s_rotation_alone(templates: Templates) -> None:
    permissions = [p for _, _, p in templates.resources("AWS::Lambda::Permission")]
    assert {p["Principal"] for p in permissions} == {"apigateway.amazonaws.com", "secretsmanager.amazonaws.com"}
    assert all("SourceArn" in p for p in permissions), "whoever has an account could call it by this service"
    assert not list(templates.resources("AWS::Lambda::Url"))


def test_whoever_is_called_may_be_called(templates: Templates) -> None:
    open_to: dict[str, set[str]] = {}
    for _, _, permission in templates.resources("AWS::Lambda::Permission"):
        open_to.setdefault(permission["Principal"], set()).add(plain(permission["FunctionName"]).split(".")[0])
    answering = {plain(i["IntegrationUri"]) for _, _, i in templates.resources("AWS::ApiGatewayV2::Integration")}
    rotating = {plain(templates.one("AWS::SecretsManager::RotationSchedule")["RotationLambdaARN"]).split(".")[0]}
    assert open_to == {"apigateway.amazonaws.com": answering, "secretsmanager.amazonaws.com": rotating}


def test_what_no_route_takes_may_be_answered(templates: Templates) -> None:
    """`$default` has no path: the permission for routes, which ends with one more, does not fit it."""
    target = next(
        plain(route["Target"]).removeprefix("integrations/")
        for _, _, route in templates.resources("AWS::ApiGatewayV2::Route")
        if route["RouteKey"] == "$default"
    )
    answers = next(
        plain(i["IntegrationUri"]) for _, n, i in templates.resources("AWS::ApiGatewayV2::Integration") if n == target
    )
    sources = [
        plain(p["SourceArn"]).split("/", 1)[1]
        for _, _, p in templates.resources("AWS::Lambda::Permission")
        if plain(p["FunctionName"]) == answers
    ]
    assert "*/*" in sources


def test_every_clock_runs_and_may_call_what_it_calls(templates: Templates) -> None:
    for _, name, schedule in templates.resources("AWS::Scheduler::Schedule"):
        target = schedule["Target"]
        assert schedule["State"] == "ENABLED", name
        assert ("lambda:InvokeFunction", plain(target["Arn"])) in rights(templates, target["RoleArn"]), name


def test_the_edge_signs_what_it_asks_buckets_for(templates: Templates) -> None:
    controls = [
        p["OriginAccessControlConfig"] for _, _, p in templates.resources("AWS::CloudFront::OriginAccessControl")
    ]
    assert {(c["SigningBehavior"], c["SigningProtocol"]) for c in controls} == {("always", "sigv4")}


def test_every_function_may_write_its_log_tell_its_traces_and_take_its_place(templates: Templates) -> None:
    for name, function in templates.functions().items():
        granted = rights(templates, function["Role"])
        log = plain(function["LoggingConfig"]["LogGroup"])
        assert {("logs:CreateLogStream", f"{log}.Arn"), ("logs:PutLogEvents", f"{log}.Arn")} <= granted, name
        actions = {action for action, _ in granted}
        assert "xray:PutTraceSegments" in actions, name
        attached = "ec2:CreateNetworkInterface" in actions
        assert attached == ("VpcConfig" in function), f"{name}: a place in the network and the right to it go together"


def test_machines_may_write_their_logs_and_hear_of_their_tasks(templates: Templates) -> None:
    for machine in ("Transcode", "EnrichMachine"):
        actions = {action for action, _ in rights(templates, templates.machine(machine)["RoleArn"])}
        assert {"logs:CreateLogDelivery", "logs:PutResourcePolicy", "xray:PutTraceSegments"} <= actions, machine
    heard = {action for action, _ in rights(templates, templates.machine()["RoleArn"])}
    assert {"events:PutTargets", "events:PutRule", "events:DescribeRule"} <= heard, "of the end of a task"


def test_a_task_may_be_started_with_its_image_and_its_log(templates: Templates) -> None:
    task = templates.one("AWS::ECS::TaskDefinition")
    actions = {action for action, _ in rights(templates, task["ExecutionRoleArn"])}
    image = {"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
    assert actions >= image | {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert role_id(task["ExecutionRoleArn"]) != role_id(task["TaskRoleArn"]), "the worker itself needs none of it"


def test_releases_may_be_moved(prod: Templates) -> None:
    groups = [group for _, _, group in prod.resources("AWS::CodeDeploy::DeploymentGroup")]
    granted = rights(prod, groups[0]["ServiceRoleArn"])
    functions = {
        plain(resource["Properties"]["FunctionName"])
        for resource in prod.by_stack["Api"]["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Alias" and "UpdatePolicy" in resource
    }
    assert len(functions) == len(groups)
    assert {(f"lambda:{action}", f"{f}.Arn") for action in ("GetAlias", "UpdateAlias") for f in functions} <= granted
    assert ("cloudwatch:DescribeAlarms", "*") in granted
