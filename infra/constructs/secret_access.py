"""Who may use a secret: said at the one who may, for the key's own policy would make its stack depend on theirs."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager


def let_read(secret: secretsmanager.ISecret, grantee: iam.IGrantable) -> None:
    _let(secret, grantee, ["GetSecretValue", "DescribeSecret"], "kms:Decrypt")


def let_write(secret: secretsmanager.ISecret, grantee: iam.IGrantable) -> None:
    """Besides reading."""
    _let(secret, grantee, ["PutSecretValue"], "kms:GenerateDataKey")


def _let(secret: secretsmanager.ISecret, grantee: iam.IGrantable, actions: list[str], of_key: str) -> None:
    iam.Grant.add_to_principal(
        grantee=grantee,
        actions=[f"secretsmanager:{action}" for action in actions],
        # of a secret that is elsewhere only the name is known: AWS ends its ARN
        resource_arns=[secret.secret_full_arn or f"{secret.secret_arn}-??????"],
    )
    if secret.encryption_key is not None:
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[of_key],
            resource_arns=[secret.encryption_key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"secretsmanager.{Aws.REGION}.{Aws.URL_SUFFIX}"}},
        )
