"""The key of our own that what people entrust to us is encrypted with, where an environment wants one."""

from __future__ import annotations

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.constructs.retention import removal_policy
from infra.environments import Environment


class DataKey(kms.Key):
    """Films, database, cache and secrets. Buckets ask for one key a while, not for one an object (bucket keys).

    Turned over each year by AWS. What it protects is lost with it: it stays wherever that stays.
    """

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment) -> None:
        super().__init__(
            scope,
            construct_id,
            alias=f"marquee-{environment.name}-data",
            description=f"Marquee {environment.name}: what people entrust to us",
            enable_key_rotation=True,
            removal_policy=removal_policy(environment.retention),
        )
        self._allow_cloudfront()

    def _allow_cloudfront(self) -> None:
        """As the media bucket does: distributions of this account, for the one distribution lies in a later stack."""
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowCloudFrontToDecryptPublished",
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=["kms:Decrypt"],
                resources=["*"],
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution/*"},
                },
            )
        )
