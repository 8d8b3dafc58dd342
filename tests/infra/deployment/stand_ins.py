"""What takes the place of resources that moto's CloudFormation does not make.

moto passes over them in silence, and whatever refers to them fails. Here each is made as something that has a name
and attributes and does nothing. Custom resources are such, too: moto would run their functions in Docker.
"""

from __future__ import annotations

from typing import Any, Self

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.ssm.models import Parameter

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


class TaggedParameter(Parameter):
    """moto reads the tags of a parameter as a list; a template has them as a map."""

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, *given: Any, **more: Any
    ) -> Parameter:
        properties = cloudformation_json["Properties"]
        tags = [{"Key": key, "Value": value} for key, value in properties.get("Tags", {}).items()]
        listed = {**cloudformation_json, "Properties": {**properties, "Tags": tags}}
        made: Parameter = super().create_from_cloudformation_json(resource_name, listed, *given, **more)
        return made


def model_of(resource_type: str) -> type[CloudFormationModel]:
    """What makes resources of a type."""
    ours: dict[str, type[CloudFormationModel]] = {"AWS::SSM::Parameter": TaggedParameter}
    return ours.get(resource_type) or parsing.get_model_map().get(resource_type, StandIn)
