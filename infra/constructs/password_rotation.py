"""The database's password is another one every month."""

from __future__ import annotations

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.python_function import FunctionPlatform, PythonFunction
from infra.constructs.secret_access import let_write

EVERY = Duration.days(30)
TIMEOUT = Duration.seconds(60)


class PasswordRotation(Construct):
    """Not beside the secret: the function is made anew with each release, and the secret's stack is not."""

    function: PythonFunction

    def __init__(
        self, scope: Construct, construct_id: str, *, platform: FunctionPlatform, secret: secretsmanager.ISecret
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = PythonFunction(
            self,
            "Function",
            folder="rotate_password",
            description="Gives the database's user another password",
            platform=platform,
            timeout=TIMEOUT,
        )
        self.function.use_database()
        let_write(secret, self.function)
        iam.Grant.add_to_principal(
            grantee=self.function,
            actions=["secretsmanager:UpdateSecretVersionStage"],
            resource_arns=[secret.secret_arn],
        )
        self.function.add_permission(
            "SecretsManager",
            principal=iam.ServicePrincipal("secretsmanager.amazonaws.com"),
            source_account=Aws.ACCOUNT_ID,
            source_arn=secret.secret_arn,
        )
        schedule = secretsmanager.CfnRotationSchedule(
            self,
            "Schedule",
            secret_id=secret.secret_arn,
            rotation_lambda_arn=self.function.function_arn,
            rotation_rules=secretsmanager.CfnRotationSchedule.RotationRulesProperty(
                automatically_after_days=int(EVERY.to_days())
            ),
            rotate_immediately_on_update=False,
        )
        schedule.node.add_dependency(self.function)  # and Secrets Manager's right to call it
