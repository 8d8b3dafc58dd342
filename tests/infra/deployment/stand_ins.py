"""What takes the place of resources that moto's CloudFormation does not make.

moto passes over them in silence, and whatever refers to them fails. Here each is made as something that has a name
and attributes and does nothing. Custom resources are such, too: moto would run their functions in Docker.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.kms.models import Key
from moto.ssm.models import Parameter

from tests.infra.deployment.releases import FunctionAlias, FunctionVersion, RevisedMachine

Properties = dict[str, Any]

# whose `Ref` is their ARN, which policies want to be one
KNOWN_BY_ARN = {
    "AWS::Backup::BackupPlan",
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::SecretTargetAttachment",
    "AWS::StepFunctions::StateMachineAlias",
    "AWS::StepFunctions::StateMachineVersion",
}


def arn_of(name: str) -> str:
    return f"arn:aws:stand-in:eu-west-1:123456789012:{name}"


class StandIn(CloudFormationModel):
    """A resource of a type that moto does not make."""

    def __init__(self, name: str) -> None:
        self.physical_resource_id = name

    def get_cfn_attribute(self, attribute: str) -> str:
        # what other resources read as a number, or take apart
        shaped = {"Port": "27017", "Arn": arn_of(self.physical_resource_id)}
        return shaped.get(attribute.split(".")[-1], f"{self.physical_resource_id}.{attribute}")

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return True

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "StandIn"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name: str, *given: Any, **more: Any) -> Self:
        known_by_arn = more["ResourceType"] in KNOWN_BY_ARN
        return cls(arn_of(resource_name) if known_by_arn else resource_name)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource: Self, *given: Any, **more: Any) -> Self:
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name: str, *given: Any, **more: Any) -> None:
        return None

    def is_created(self) -> bool:
        return True


def _with_tags(properties: Properties) -> Properties:
    """The tags of a parameter are a map in its template; moto reads a list."""
    tags = [{"Key": key, "Value": value} for key, value in properties.get("Tags", {}).items()]
    return {**properties, "Tags": tags}


def _with_key_tags(properties: Properties) -> Properties:
    """moto reads the tags of a key by the names that the key service's own calls have."""
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
    return {**properties, "Tags": tags}


def _corrected(model: Any, correct: Callable[[Properties], Properties]) -> type[CloudFormationModel]:
    """The model, given properties as moto's own code wants them."""

    class Corrected(model):  # type: ignore[misc]
        @classmethod
        def create_from_cloudformation_json(cls, resource_name: str, template: Any, *given: Any, **more: Any) -> Any:
            changed = {**template, "Properties": correct(template["Properties"])}
            return model.create_from_cloudformation_json(resource_name, changed, *given, **more)

    return Corrected


CORRECTED: dict[str, type[CloudFormationModel]] = {
    "AWS::KMS::Key": _corrected(Key, _with_key_tags),
    "AWS::Lambda::Alias": FunctionAlias,
    "AWS::Lambda::Version": FunctionVersion,
    "AWS::SSM::Parameter": _corrected(Parameter, _with_tags),
    "AWS::StepFunctions::StateMachine": RevisedMachine,
}


def model_of(resource_type: str) -> type[CloudFormationModel]:
    """What makes resources of a type."""
    return CORRECTED.get(resource_type) or parsing.get_model_map().get(resource_type, StandIn)
