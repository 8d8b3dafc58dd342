"""What the operators see and hear of the service: dashboards, alarms, the budget."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.alarms.jobs import add_job_alarms
from infra.alarms.queues import add_queue_alarms
from infra.alarms.serving import add_serving_alarms
from infra.alarms.stores import add_store_alarms
from infra.constructs.alarms import Alarms, AlertTopic
from infra.constructs.budget import MonthlyBudget
from infra.dashboards.business import business_rows
from infra.dashboards.media import media_rows
from infra.dashboards.operations import operations_rows
from infra.dashboards.widgets import Row
from infra.watched import Watched


class ObservabilityStack(Stack):
    """Only looks: it may be deleted and made anew at any time. `topic` is where all speak to."""

    topic: AlertTopic

    def __init__(self, scope: Construct, construct_id: str, *, watched: Watched) -> None:
        super().__init__(scope, construct_id)
        environment = watched.environment
        self.topic = AlertTopic(self, "Alerts", mail=environment.observability.mail)
        alarms = Alarms(self, "Alarms", topic=self.topic, early=environment.observability.early_alarms)
        for add in (add_job_alarms, add_queue_alarms, add_serving_alarms, add_store_alarms):
            add(alarms, watched)
        MonthlyBudget(self, "Month", environment=environment, topic=self.topic)
        self._dashboard(environment.name, "operations", operations_rows(watched, alarms.made))
        self._dashboard(environment.name, "media", media_rows(watched))
        self._dashboard(environment.name, "business", business_rows(watched))
        CfnOutput(self, "AlertsTopic", value=self.topic.topic_arn, description="Alarms and the budget speak to it")

    def _dashboard(self, environment: str, name: str, rows: Sequence[Row]) -> None:
        cloudwatch.Dashboard(self, name.capitalize(), dashboard_name=f"marquee-{environment}-{name}", widgets=[*rows])
