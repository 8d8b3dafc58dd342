"""Reaches the CloudFormation resource below a CDK construct, where the construct lacks a property."""

from __future__ import annotations

from typing import TypeVar

from aws_cdk import CfnResource
from constructs import IConstruct

Resource = TypeVar("Resource", bound=CfnResource)


def underlying(construct: IConstruct, kind: type[Resource]) -> Resource:
    """The one resource that `construct` stands for; TypeError when it is of another kind."""
    resource = construct.node.default_child
    if not isinstance(resource, kind):
        raise TypeError(f"{construct.node.path} stands for a {type(resource).__name__}, not a {kind.__name__}")
    return resource
