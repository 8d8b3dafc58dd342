"""Findings of cdk-nag that are meant, with the reason next to what they are found at."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def accept(construct: IConstruct, reason: str, *rules: str) -> None:
    """Let `rules` (`AwsSolutions-SMG4`, or one finding of a rule: `AwsSolutions-IAM5[Action::s3:List*]`) be broken at
    `construct` and below it. A finding that is gone leaves its acknowledgment useless, which a test finds."""
    # in the report a rule stands behind its pack's name
    ids = [f"{rule.partition('-')[0]}::{rule}" for rule in rules]
    Validations.of(construct).acknowledge(*[Acknowledgment(id=rule, reason=reason) for rule in ids])
