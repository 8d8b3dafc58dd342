"""A state machine that jobs are started in by an alias, so that a release can be taken back."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.findings import accept
from infra.constructs.retention import RetainedLogs
from infra.environments import Environment
from infra.rollout import CANARY_PERCENT

LIVE = "live"
JUDGED_OVER = Duration.minutes(5)


class ReleasedStateMachine(sfn.StateMachine):
    """Each definition is a version, and versions stay; executions are started in `live_arn`.

    A definition names versions of functions and revisions of tasks. So an execution ends with the code that it has
    begun with, and moving the alias moves all steps at once.
    """

    live_arn: str

    def __init__(
        self, scope: Construct, construct_id: str, *, environment: Environment, start: sfn.IChainable, longest: Duration
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            definition_body=sfn.DefinitionBody.from_chainable(start),
            timeout=longest,
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=RetainedLogs(scope, f"{construct_id}Logs", retention=environment.retention),
                level=sfn.LogLevel.ALL,
                include_execution_data=True,
            ),
        )
        accept(
            self,
            "Services that know no resources (traces, delivery of logs, tasks that are stopped); executions, whose "
            "names are made when they start, and versions of functions and tasks, of which a release makes new ones.",
            "AwsSolutions-IAM5[Resource::*]",
            "AwsSolutions-IAM5[Resource::<any>:*]",
        )
        version = sfn.CfnStateMachineVersion(
            self,
            "Version",
            state_machine_arn=self.state_machine_arn,
            # another revision is another version: CloudFormation replaces it, and leaves the one before
            state_machine_revision_id=self.state_machine_revision_id,
        )
        version.apply_removal_policy(RemovalPolicy.RETAIN)
        self.live_arn = sfn.CfnStateMachineAlias(
            self,
            "Live",
            name=LIVE,
            description="What new jobs run by",
            deployment_preference=self._preference(environment, version.ref),
        ).ref

    def _preference(
        self, environment: Environment, version_arn: str
    ) -> sfn.CfnStateMachineAlias.DeploymentPreferenceProperty:
        rollout = environment.rollout
        if rollout.canary_minutes == 0:
            return sfn.CfnStateMachineAlias.DeploymentPreferenceProperty(
                state_machine_version_arn=version_arn, type="ALL_AT_ONCE"
            )
        failing = cloudwatch.Alarm(
            self,
            "FailingJobs",
            alarm_description="Takes a release back while it is rolled out; films that are none count as well",
            metric=self.metric_failed(period=JUDGED_OVER),
            threshold=rollout.failing_jobs,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        return sfn.CfnStateMachineAlias.DeploymentPreferenceProperty(
            state_machine_version_arn=version_arn,
            type="CANARY",
            percentage=CANARY_PERCENT,
            interval=rollout.canary_minutes,
            alarms=[failing.alarm_name],
        )
