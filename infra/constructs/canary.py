"""New code of the API: a tenth of the calls first, all of them if no alarm goes off meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.constructs.findings import accept
from infra.constructs.python_function import PythonFunction
from infra.rollout import Rollout

_CANARIES = {
    5: codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
    10: codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_10_MINUTES,
    15: codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_15_MINUTES,
    30: codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_30_MINUTES,
}
_EVERY = Duration.minutes(1)


class CanaryRollout(Construct):
    """CodeDeploy moves the functions' aliases; an alarm moves all of them back, and the deployment fails."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rollout: Rollout,
        functions: Mapping[str, PythonFunction],
        api: apigateway.HttpApi,
    ) -> None:
        super().__init__(scope, construct_id)
        application = codedeploy.LambdaApplication(self, "Application")
        role = self._role(functions)
        answers = self._failing_answers(api, rollout.failing_percent)
        for name, function in functions.items():
            codedeploy.LambdaDeploymentGroup(
                self,
                name.capitalize(),
                application=application,
                alias=function.live,
                deployment_config=_CANARIES[rollout.canary_minutes],
                role=role,
                alarms=[answers, self._errors(name, function)],
                auto_rollback=codedeploy.AutoRollbackConfig(
                    deployment_in_alarm=True, failed_deployment=True, stopped_deployment=True
                ),
            )

    def _role(self, functions: Mapping[str, PythonFunction]) -> iam.IRole:
        """What CodeDeploy does here, and not AWS' own policy for it, which is any function and any topic."""
        move = iam.PolicyStatement(
            actions=["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
            resources=[arn for f in functions.values() for arn in (f.function_arn, f"{f.function_arn}:*")],
        )
        # alarms are asked for by a list; CloudWatch knows no narrower resource for that
        watch = iam.PolicyStatement(actions=["cloudwatch:DescribeAlarms"], resources=["*"])
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("codedeploy.amazonaws.com"),
            inline_policies={"Move": iam.PolicyDocument(statements=[move, watch])},
        )
        accept(
            role,
            "Versions of functions, of which a release makes new ones; and alarms, which know no resource here.",
            "AwsSolutions-IAM5[Resource::*]",
            "AwsSolutions-IAM5[Resource::<any>:*]",
        )
        return role.without_policy_updates()

    def _failing_answers(self, api: apigateway.HttpApi, percent: float) -> cloudwatch.Alarm:
        """Errors that a handler answers itself are no errors to Lambda: they are seen here."""
        failing = cloudwatch.MathExpression(
            expression="IF(answers > 0, 100 * failing / answers, 0)",
            label="Answers of 5xx in percent",
            period=_EVERY,
            using_metrics={
                "failing": api.metric_server_error(period=_EVERY, statistic="Sum"),
                "answers": api.metric_count(period=_EVERY, statistic="Sum"),
            },
        )
        return _alarm(self, "FailingAnswers", failing, percent, "Takes a release of the API back: answers of 5xx")

    def _errors(self, name: str, function: PythonFunction) -> cloudwatch.Alarm:
        return _alarm(
            self,
            f"{name.capitalize()}Errors",
            function.live.metric_errors(period=_EVERY),
            1,
            f"Takes a release of `{name}` back: it raised, or ended before it answered",
        )


def _alarm(
    scope: Construct, construct_id: str, metric: cloudwatch.IMetric, threshold: float, description: str
) -> cloudwatch.Alarm:
    return cloudwatch.Alarm(
        scope,
        construct_id,
        alarm_description=description,
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
