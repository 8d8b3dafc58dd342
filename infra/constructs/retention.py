"""Translates an environment's retention choices into what CDK wants to hear."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.environments import LogRetentionDays, Retention

_LOG_RETENTION: dict[LogRetentionDays, logs.RetentionDays] = {
    7: logs.RetentionDays.ONE_WEEK,
    30: logs.RetentionDays.ONE_MONTH,
    90: logs.RetentionDays.THREE_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}


def removal_policy(retention: Retention) -> RemovalPolicy:
    """Whether what holds people's data outlives its stack."""
    return RemovalPolicy.RETAIN if retention.protect else RemovalPolicy.DESTROY


class RetainedLogs(logs.LogGroup):
    """A log group that forgets in time, and that goes with what wrote to it.

    `name`: for services that write to a group by its name, and would make one that keeps everything.
    """

    def __init__(self, scope: Construct, construct_id: str, *, retention: Retention, name: str | None = None) -> None:
        super().__init__(
            scope,
            construct_id,
            log_group_name=name,
            retention=_LOG_RETENTION[retention.log_days],
            removal_policy=RemovalPolicy.DESTROY,
        )
