"""Alarms: each says what is wrong in one sentence, and which runbook to open."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

RUNBOOKS = "docs/runbooks"

# What no data means. `QUIET`: nothing happened. `LATCHED`: all is as it was told last. `SILENT`: what should tell
# something every minute does not.
QUIET = cloudwatch.TreatMissingData.NOT_BREACHING
LATCHED = cloudwatch.TreatMissingData.IGNORE
SILENT = cloudwatch.TreatMissingData.BREACHING


class AlertTopic(sns.Topic):
    """Where alarms and the budget speak to; `mail` is asked to listen."""

    def __init__(self, scope: Construct, construct_id: str, *, mail: Sequence[str]) -> None:
        super().__init__(scope, construct_id, enforce_ssl=True)
        for address in mail:
            self.add_subscription(subscriptions.EmailSubscription(address))
        # a policy of its own takes the place of the one that lets the account's services in
        for service in ("cloudwatch", "budgets"):
            self.add_to_resource_policy(
                iam.PolicyStatement(
                    actions=["sns:Publish"],
                    principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                    resources=[self.topic_arn],
                    conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
                )
            )


class Alarms(Construct):
    """Makes alarms that speak to `topic`, when they ring and when they end.

    `early`: also those that warn while nothing is lost or wrong yet.
    """

    def __init__(self, scope: Construct, construct_id: str, *, topic: sns.ITopic, early: bool = True) -> None:
        super().__init__(scope, construct_id)
        self._tell = actions.SnsAction(topic)
        self._early = early
        self.made: list[cloudwatch.Alarm] = []

    def add(
        self,
        construct_id: str,
        metric: cloudwatch.IMetric,
        at_least: float,
        *,
        says: str,
        runbook: str,
        periods: int = 1,
        of: int | None = None,
        below: bool = False,
        missing: cloudwatch.TreatMissingData = QUIET,
        early: bool = False,
    ) -> None:
        """Rings when `periods` of the last `of` (by default: all of as many) are at or above `at_least`; with
        `below` when they are below it. `runbook`: a file's name in `docs/runbooks`, without its ending."""
        if early and not self._early:
            return
        comparisons = cloudwatch.ComparisonOperator
        alarm = cloudwatch.Alarm(
            self,
            construct_id,
            alarm_description=f"{says} Runbook: {RUNBOOKS}/{runbook}.md",
            metric=metric,
            threshold=at_least,
            comparison_operator=(
                comparisons.LESS_THAN_THRESHOLD if below else comparisons.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
            ),
            evaluation_periods=of or periods,
            datapoints_to_alarm=periods,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(self._tell)
        alarm.add_ok_action(self._tell)
        self.made.append(alarm)
