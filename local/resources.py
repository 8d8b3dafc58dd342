"""What `Ref` and the attributes of each resource type are, here: names and addresses on this machine.

Physical names come from the template, or from stack and logical id, so that they are the same at every start
and what is stored under them is found again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.assembly import Assembly, Stack
from local.intrinsics import Evaluator, TemplateError

ACCOUNT = "123456789012"
REGION = "us-east-1"


@dataclass(frozen=True)
class Platform:
    """Where things are on this machine. Ports of 127.0.0.1."""

    aws_port: int
    edge_port: int
    valkey_port: int
    database_port: int
    account: str = ACCOUNT
    region: str = REGION

    @property
    def aws_endpoint(self) -> str:
        return f"http://127.0.0.1:{self.aws_port}"


@dataclass(frozen=True)
class Resource:
    """One resource of a template with resolved properties."""

    stack: str
    logical_id: str
    type: str
    name: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class _Subject:
    """What an attribute is made from."""

    platform: Platform
    type: str
    name: str
    properties: Mapping[str, Any]

    def arn(self, service: str, resource: str, *, regional: bool = True) -> str:
        region = self.platform.region if regional else ""
        return f"arn:aws:{service}:{region}:{self.platform.account}:{resource}"


def _hex(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


# where a type's physical name is written; others are named after stack and logical id
_NAME_PROPERTIES = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::Scheduler::ScheduleGroup": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::ElastiCache::ServerlessCache": "ServerlessCacheName",
    "AWS::SSM::Parameter": "Name",
    "AWS::SNS::Topic": "TopicName",
    "AWS::ECR::Repository": "RepositoryName",
}


def _queue_url(s: _Subject) -> str:
    return f"{s.platform.aws_endpoint}/{s.platform.account}/{s.name}"


def _task_definition_arn(s: _Subject) -> str:
    return s.arn("ecs", f"task-definition/{s.name}:1")


def _state_machine_arn(s: _Subject) -> str:
    return s.arn("states", f"stateMachine:{s.name}")


def secret_arn_suffix(name: str) -> str:
    """Secrets Manager adds six characters to a secret's name; ours are always the same."""
    return f"secret:{name}-{_hex(name, 6)}"


def _secret_arn(s: _Subject) -> str:
    return s.arn("secretsmanager", secret_arn_suffix(s.name))


def _function_arn(s: _Subject) -> str:
    return s.arn("lambda", f"function:{s.name}")


def _qualified_function(s: _Subject) -> str:
    """A version or an alias: there is one code here, so it is the function itself."""
    return str(s.properties["FunctionName"])


def _attached_secret(s: _Subject) -> str:
    return str(s.properties["SecretId"])


def _log_group_arn(s: _Subject) -> str:
    return s.arn("logs", f"log-group:{s.name}:*")


_REFS: Mapping[str, Callable[[_Subject], str]] = {
    "AWS::SQS::Queue": _queue_url,
    "AWS::StepFunctions::StateMachine": _state_machine_arn,
    "AWS::ECS::TaskDefinition": _task_definition_arn,
    "AWS::SecretsManager::Secret": _secret_arn,
    "AWS::SecretsManager::SecretTargetAttachment": _attached_secret,
    "AWS::Lambda::Alias": _qualified_function,
    "AWS::Lambda::Version": _qualified_function,
    "AWS::Lambda::LayerVersion": lambda s: s.arn("lambda", f"layer:{s.name}:1"),
    "AWS::SNS::Topic": lambda s: s.arn("sns", s.name),
}

_ARNS: Mapping[str, Callable[[_Subject], str]] = {
    "AWS::S3::Bucket": lambda s: f"arn:aws:s3:::{s.name}",
    "AWS::SQS::Queue": lambda s: s.arn("sqs", s.name),
    "AWS::Lambda::Function": _function_arn,
    "AWS::StepFunctions::StateMachine": _state_machine_arn,
    "AWS::ECS::Cluster": lambda s: s.arn("ecs", f"cluster/{s.name}"),
    "AWS::IAM::Role": lambda s: s.arn("iam", f"role/{s.name}", regional=False),
    "AWS::Logs::LogGroup": _log_group_arn,
    "AWS::Scheduler::ScheduleGroup": lambda s: s.arn("scheduler", f"schedule-group/{s.name}"),
    "AWS::Events::Rule": lambda s: s.arn("events", f"rule/{s.name}"),
}

_ATTRIBUTES: Mapping[tuple[str, str], Callable[[_Subject], str]] = {
    ("AWS::S3::Bucket", "DomainName"): lambda s: f"{s.name}.s3.amazonaws.com",
    ("AWS::S3::Bucket", "RegionalDomainName"): lambda s: f"{s.name}.s3.{s.platform.region}.amazonaws.com",
    ("AWS::SQS::Queue", "QueueName"): lambda s: s.name,
    ("AWS::SQS::Queue", "QueueUrl"): _queue_url,
    ("AWS::StepFunctions::StateMachine", "Name"): lambda s: s.name,
    ("AWS::ElastiCache::ServerlessCache", "Endpoint.Address"): lambda s: "127.0.0.1",
    ("AWS::ElastiCache::ServerlessCache", "Endpoint.Port"): lambda s: str(s.platform.valkey_port),
    ("AWS::DocDB::DBCluster", "Endpoint"): lambda s: "127.0.0.1",
    ("AWS::DocDB::DBCluster", "ReadEndpoint"): lambda s: "127.0.0.1",
    ("AWS::DocDB::DBCluster", "Port"): lambda s: str(s.platform.database_port),
    ("AWS::ApiGatewayV2::Api", "ApiEndpoint"): (
        lambda s: f"https://{s.name}.execute-api.{s.platform.region}.amazonaws.com"
    ),
    ("AWS::ApiGatewayV2::Api", "ApiId"): lambda s: s.name,
    ("AWS::CloudFront::Distribution", "DomainName"): lambda s: f"127.0.0.1:{s.platform.edge_port}",
    ("AWS::Lambda::Version", "Version"): lambda s: "1",
}


def _physical_name(stack: str, logical_id: str, kind: str, properties: Mapping[str, Any]) -> str:
    written = properties.get(_NAME_PROPERTIES.get(kind, ""))
    if isinstance(written, str) and written:
        return written
    if kind in {"AWS::ApiGatewayV2::Api", "AWS::CloudFront::Distribution"}:
        return _hex(f"{stack}/{logical_id}", 10)
    name = f"{stack}-{logical_id}"
    if kind == "AWS::S3::Bucket":
        name = re.sub("[^a-z0-9-]", "-", name.lower())
    return name if len(name) <= 63 else f"{name[:54]}-{_hex(name, 8)}"


class ResolvedStacks:
    """All resources of an assembly with their properties resolved, in the order of deployment."""

    def __init__(self, assembly: Assembly, platform: Platform) -> None:
        self._platform = platform
        self._exports: dict[str, Any] = {}
        self.resources: list[Resource] = []
        self.outputs: dict[tuple[str, str], Any] = {}
        for stack in assembly.stacks:
            self._resolve_stack(stack)

    def of_type(self, *types: str) -> Iterator[Resource]:
        return (resource for resource in self.resources if resource.type in types)

    def _resolve_stack(self, stack: Stack) -> None:
        scope = _StackScope(stack, self._platform, self._import, self._output)
        for logical_id in stack.template.get("Resources", {}):
            resource = scope.resource(logical_id)
            if resource is not None:
                self.resources.append(resource)
        for name, output in stack.template.get("Outputs", {}).items():
            value = scope.evaluator.resolve(output["Value"])
            self.outputs[stack.name, name] = value
            if "Export" in output:
                self._exports[scope.evaluator.resolve(output["Export"]["Name"])] = value

    def _import(self, name: str) -> Any:
        if name not in self._exports:
            raise TemplateError(f"no stack deployed before exports {name}")
        return self._exports[name]

    def _output(self, stack: str, name: str) -> Any:
        if (stack, name) not in self.outputs:
            raise TemplateError(f"no stack {stack} with an output {name} is deployed before")
        return self.outputs[stack, name]


class _StackScope:
    """The names that one template can refer to."""

    def __init__(
        self,
        stack: Stack,
        platform: Platform,
        import_value: Callable[[str], Any],
        stack_output: Callable[[str, str], Any],
    ) -> None:
        self._stack = stack
        self._platform = platform
        self._resources: Mapping[str, Any] = stack.template.get("Resources", {})
        self._resolved: dict[str, Resource] = {}
        self._resolving: set[str] = set()
        self.evaluator = Evaluator(
            ref=self._ref,
            get_att=self._get_att,
            import_value=import_value,
            stack_output=stack_output,
            mappings=stack.template.get("Mappings", {}),
            conditions=stack.template.get("Conditions", {}),
            zones=lambda region: [f"{region or platform.region}{letter}" for letter in "abc"],
        )

    def resource(self, logical_id: str) -> Resource | None:
        """The resource, resolved; None when its condition does not hold."""
        body = self._resources[logical_id]
        if "Condition" in body and not self.evaluator.condition(body["Condition"]):
            return None
        if logical_id not in self._resolved:
            subject = self._subject(logical_id)
            properties = self.evaluator.resolve(body.get("Properties", {}))
            self._resolved[logical_id] = Resource(self._stack.name, logical_id, body["Type"], subject.name, properties)
        return self._resolved[logical_id]

    def _subject(self, logical_id: str) -> _Subject:
        body = self._resources[logical_id]
        kind, raw = body["Type"], body.get("Properties", {})
        # only what names need is resolved: a whole resource may refer back to the one that asks
        wanted = (_NAME_PROPERTIES.get(kind, ""), "FunctionName", "SecretId")
        properties = {key: self.evaluator.resolve(raw[key]) for key in wanted if key in raw}
        return _Subject(
            self._platform, kind, _physical_name(self._stack.name, logical_id, kind, properties), properties
        )

    def _ref(self, name: str) -> Any:
        if name.startswith("AWS::"):
            return self._pseudo(name)
        if name in self._resources:
            subject = self._subject(name)
            ref = _REFS.get(subject.type)
            return ref(subject) if ref is not None else subject.name
        parameter = self._stack.template.get("Parameters", {}).get(name)
        if parameter is None:
            raise TemplateError(f"{self._stack.name} has neither a resource nor a parameter {name}")
        if "Default" not in parameter:
            raise TemplateError(f"the parameter {name} of {self._stack.name} has no default")
        default = parameter["Default"]
        return default.split(",") if parameter["Type"] == "CommaDelimitedList" else default

    def _get_att(self, name: str, attribute: str) -> Any:
        if name not in self._resources:
            raise TemplateError(f"{self._stack.name} has no resource {name}")
        subject = self._subject(name)
        known = _ATTRIBUTES.get((subject.type, attribute))
        if known is not None:
            return known(subject)
        if attribute in {"Arn", "ARN"}:
            arn = _ARNS.get(subject.type) or _REFS.get(subject.type)
            service = subject.type.split("::")[1].lower() if "::" in subject.type else "custom"
            return arn(subject) if arn else subject.arn(service, subject.name)
        # identifiers that only other cloud resources read (`GroupId`, `Id`, …)
        return subject.name if attribute in {"Id", "Name"} else f"{subject.name}.{attribute}"

    def _pseudo(self, name: str) -> Any:
        values: Mapping[str, Any] = {
            "AWS::AccountId": self._platform.account,
            "AWS::Region": self._platform.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self._stack.name,
            "AWS::StackId": f"arn:aws:cloudformation:{self._platform.region}:{self._platform.account}:"
            f"stack/{self._stack.name}/{_hex(self._stack.name, 32)}",
            "AWS::NotificationARNs": [],
        }
        if name not in values:
            raise TemplateError(f"the pseudo parameter {name} is not known")
        return values[name]
