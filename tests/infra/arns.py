"""Templates with names in place of references, as they have them once they are deployed.

Everything is in one made-up account. A thing is called by its logical id without the CDK's hash, unless the template
gives it a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from tests.infra.templates import Templates

ACCOUNT, REGION, PARTITION = "123456789012", "eu-central-1", "aws"
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": PARTITION,
    "AWS::URLSuffix": "amazonaws.com",
}
# What lies between service and name in an ARN, and by `Ref` what has its ARN for a name.
_PATHS = {
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:",
    "AWS::StepFunctions::StateMachine": "states:{region}:{account}:stateMachine:",
    "AWS::SecretsManager::Secret": "secretsmanager:{region}:{account}:secret:",
    "AWS::SQS::Queue": "sqs:{region}:{account}:",
    "AWS::KMS::Key": "kms:{region}:{account}:key/",
    "AWS::IAM::Role": "iam::{account}:role/",
    "AWS::Events::EventBus": "events:{region}:{account}:event-bus/",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:",
    "AWS::Cognito::UserPool": "cognito-idp:{region}:{account}:userpool/",
    "AWS::CloudFront::KeyValueStore": "cloudfront::{account}:key-value-store/",
    "AWS::ECS::Cluster": "ecs:{region}:{account}:cluster/",
    "AWS::ECS::TaskDefinition": "ecs:{region}:{account}:task-definition/",
    "AWS::ECR::Repository": "ecr:{region}:{account}:repository/",
    "AWS::SNS::Topic": "sns:{region}:{account}:",
    "AWS::S3::Bucket": "s3:::",
}
_NAMED_BY_ARN = {
    "AWS::StepFunctions::StateMachine",
    "AWS::SecretsManager::Secret",
    "AWS::ECS::TaskDefinition",
    "AWS::SNS::Topic",
}


def arn(kind: str, name: str) -> str:
    """Of a thing of this type."""
    return f"arn:{PARTITION}:{_PATHS[kind].format(region=REGION, account=ACCOUNT)}{name}"


def plain_id(logical_id: str) -> str:
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)


class Deployed:
    """The templates of one environment."""

    def __init__(self, templates: Templates) -> None:
        self._stacks: Mapping[str, Mapping[str, Any]] = templates.by_stack

    def resources(self, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
        """Plain ids and properties of all resources of these types."""
        return [
            (plain_id(logical_id), self.resolve(resource.get("Properties", {}), stack))
            for stack, template in self._stacks.items()
            for logical_id, resource in template["Resources"].items()
            if resource["Type"] in kinds
        ]

    def resolve(self, value: Any, stack: str) -> Any:
        if isinstance(value, list):
            return [self.resolve(item, stack) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), *_ = value.items()
            known = self._functions.get(name)
            if known is not None:
                return known(argument, stack)
        return {key: self.resolve(item, stack) for key, item in value.items()}

    @cached_property
    def _functions(self) -> dict[str, Callable[[Any, str], Any]]:
        return {
            "Ref": self._ref,
            "Fn::GetAtt": lambda argument, stack: self._attribute(argument[0], argument[1], stack),
            "Fn::ImportValue": self._import,
            "Fn::Join": lambda argument, stack: argument[0].join(map(str, self.resolve(argument[1], stack))),
            "Fn::Select": lambda argument, stack: self.resolve(argument[1], stack)[int(argument[0])],
            "Fn::Split": lambda argument, stack: self.resolve(argument[1], stack).split(argument[0]),
            "Fn::Sub": self._substitute,
        }

    @cached_property
    def _exports(self) -> dict[str, tuple[Any, str]]:
        return {
            self.resolve(output["Export"]["Name"], stack): (output["Value"], stack)
            for stack, template in self._stacks.items()
            for output in template.get("Outputs", {}).values()
            if "Export" in output
        }

    def _import(self, name: Any, stack: str) -> Any:
        value, owner = self._exports[self.resolve(name, stack)]
        return self.resolve(value, owner)

    def _substitute(self, text: Any, stack: str) -> str:
        return re.sub(r"\$\{([^}!]+)\}", lambda found: str(self._ref(found[1], stack)), text)

    def _ref(self, name: str, stack: str) -> str:
        if name in _PSEUDO:
            return _PSEUDO[name]
        resource = self._stacks[stack]["Resources"].get(name)
        if resource is None:
            return name  # a parameter of the template
        kind, properties = resource["Type"], resource.get("Properties", {})
        match kind:
            case "AWS::SecretsManager::SecretTargetAttachment":
                return str(self.resolve(properties["SecretId"], stack))
            case "AWS::Lambda::Alias" | "AWS::Lambda::Version":
                function = str(self.resolve(properties["FunctionName"], stack)).rpartition(":")[2]
                return f"{arn('AWS::Lambda::Function', function)}:{properties.get('Name', '1')}"
            case _:
                called = self._name(name, kind, properties, stack)
                return arn(kind, called) if kind in _NAMED_BY_ARN else called

    def _attribute(self, name: str, attribute: str, stack: str) -> str:
        resource = self._stacks[stack]["Resources"][name]
        kind = resource["Type"]
        called = self._name(name, kind, resource.get("Properties", {}), stack)
        if attribute == "Arn" and kind in _PATHS:
            return arn(kind, called)
        return called if attribute == "Name" else f"{called}.{attribute}"

    def _name(self, name: str, kind: str, properties: Mapping[str, Any], stack: str) -> str:
        given = properties.get("BucketName") if kind == "AWS::S3::Bucket" else None
        return str(self.resolve(given, stack)) if given else plain_id(name)
