"""Versions and aliases, where moto's CloudFormation lacks them: it publishes versions that nothing can refer to."""

from __future__ import annotations

from typing import Any, Self

from moto.awslambda.models import LambdaBackend, lambda_backends
from moto.core.common_models import CloudFormationModel
from moto.stepfunctions.models import StateMachine


class RevisedMachine(StateMachine):
    """moto's has no revisions, which versions are published of."""

    @classmethod
    def create_from_cloudformation_json(cls, *given: Any, **more: Any) -> StateMachine:
        machine: StateMachine = super().create_from_cloudformation_json(*given, **more)
        machine.__class__ = cls
        return machine

    def get_cfn_attribute(self, attribute_name: str) -> Any:
        return "1" if attribute_name == "StateMachineRevisionId" else super().get_cfn_attribute(attribute_name)


class _Qualified(CloudFormationModel):
    """A version or an alias by its ARN; it stays as it was made."""

    def __init__(self, arn: str, version: str) -> None:
        self.physical_resource_id = arn
        self.version = version

    def get_cfn_attribute(self, attribute: str) -> str:
        return self.version

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def update_from_cloudformation_json(cls, original_resource: Self, *given: Any, **more: Any) -> Self:
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, *given: Any, **more: Any) -> None:
        return None


class FunctionVersion(_Qualified):
    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Lambda::Version"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **more: Any
    ) -> Self:
        published = _functions(account_id, region_name).publish_version(
            cloudformation_json["Properties"]["FunctionName"]
        )
        assert published
        return cls(published.function_arn, str(published.version))


class FunctionAlias(_Qualified):
    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Lambda::Alias"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **more: Any
    ) -> Self:
        wanted = cloudformation_json["Properties"]
        alias = _functions(account_id, region_name).create_alias(
            wanted["Name"], wanted["FunctionName"], wanted["FunctionVersion"], wanted.get("Description", ""), ""
        )
        return cls(alias.arn, wanted["FunctionVersion"])


def _functions(account_id: str, region_name: str) -> LambdaBackend:
    backend: LambdaBackend = lambda_backends[account_id][region_name]
    return backend
