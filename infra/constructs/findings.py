"""Findings of cdk-nag that are meant, with the reason next to what they are found at."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

ACCEPTED = "marquee:accepted"  # the metadata that `infra.review` reads
ANY = "<any>"
# Functions that the CDK brings along, once a stack, for what CloudFormation cannot do itself.
HELPERS = ("Custom::", "AWS679f53fac", "AWSCDK.Trigger")


def accept(construct: IConstruct, reason: str, *rules: str) -> None:
    """Let `rules` be broken at `construct` and below it.

    A rule is `AwsSolutions-SMG4`, or one finding of a rule: `AwsSolutions-IAM5[Action::s3:List*]`. `<any>` stands for
    any text, so that names that are made at synthesis need not be known.
    """
    for rule in rules:
        construct.node.add_metadata(ACCEPTED, {"rule": rule, "reason": reason})


def accept_of(grantee: iam.IGrantable, reason: str, *rules: str) -> None:
    """As `accept`, at the role that is given a right."""
    role = grantee.grant_principal
    if isinstance(role, Construct):
        accept(role, reason, *rules)


def accept_helpers(stack: Stack) -> None:
    """The CDK's own functions: they run while a stack is deployed, and their code and roles are not ours to write."""
    for child in stack.node.children:
        if child.node.id.startswith(HELPERS):
            accept(
                child,
                "A function of the CDK's own, called by CloudFormation alone; its role is made by the CDK.",
                "AwsSolutions-IAM4[<any>]",
                "AwsSolutions-IAM5[<any>]",
                "AwsSolutions-L1",
                "Serverless-Lambda<any>",
            )
