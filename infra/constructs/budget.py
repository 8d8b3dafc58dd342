"""What a month may cost, and who hears when it costs more."""

from __future__ import annotations

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.environments import Environment

SPENT_PERCENT = 80
FORECAST_PERCENT = 100


class MonthlyBudget(Construct):
    """Of all that bears the environment's tag; AWS counts by tags that are activated in the account's billing.

    It tells and stops nothing: runbook cost-spike.
    """

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment, topic: sns.ITopic) -> None:
        super().__init__(scope, construct_id)
        limit = environment.observability.monthly_budget_usd
        budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_name=f"marquee-{environment.name}",
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=limit, unit="USD"),
                cost_filters={"TagKeyValue": [f"user:environment${environment.name}"]},
            ),
            notifications_with_subscribers=[
                _notification(topic, "ACTUAL", SPENT_PERCENT),
                _notification(topic, "FORECASTED", FORECAST_PERCENT),
            ],
        )


def _notification(topic: sns.ITopic, kind: str, percent: int) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            notification_type=kind, comparison_operator="GREATER_THAN", threshold=percent, threshold_type="PERCENTAGE"
        ),
        subscribers=[budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=topic.topic_arn)],
    )
