"""Buckets that are private, encrypted and TLS-only by construction."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.findings import accept_of
from infra.constructs.retention import removal_policy
from infra.environments import Environment

ABANDONED_MULTIPART_DAYS = 7
WILDCARD = "AwsSolutions-IAM5"


class PrivateBucket(s3.Bucket):
    """`{application}-{environment}-{purpose}-{account}-{region}`.

    The name is fixed because policies on both sides of a notification name the bucket, and neither
    resource could be made first if each waited for the other's generated name.
    """

    known_name: str

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        purpose: str,
        environment: Environment,
        access_logs: s3.IBucket | None = None,
        cors: Sequence[s3.CorsRule] | None = None,
        lifecycle_rules: Sequence[s3.LifecycleRule] = (),
        key: kms.IKey | None = None,
        versioned: bool = False,
    ) -> None:
        self.known_name = _name(environment, purpose)
        removal = removal_policy(environment.retention)
        super().__init__(
            scope,
            construct_id,
            bucket_name=self.known_name,
            encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=key,
            bucket_key_enabled=key is not None,
            versioned=versioned,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            removal_policy=removal,
            auto_delete_objects=removal == RemovalPolicy.DESTROY,
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix=f"{purpose}/" if access_logs else None,
            cors=cors,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="AbandonedMultiparts",
                    abort_incomplete_multipart_upload_after=Duration.days(ABANDONED_MULTIPART_DAYS),
                ),
                *lifecycle_rules,
            ],
        )

    def allow_objects(self, grantee: iam.IGrantable, prefix: str, *actions: str) -> None:
        """Let `grantee` do these `s3:` actions to the objects below `prefix`, and nothing else."""
        below = f"{prefix}*"
        accept_of(grantee, "All below one prefix: objects are named later.", f"{WILDCARD}[Resource::<any>/{below}]")
        self.allow_object(grantee, below, *actions)

    def allow_object(self, grantee: iam.IGrantable, key: str, *actions: str) -> None:
        """Let `grantee` do these `s3:` actions to one object."""
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[f"s3:{action}" for action in actions],
            resource_arns=[self.arn_for_objects(key)],
        )
        if self.encryption_key is not None:
            self._allow_key(self.encryption_key, grantee, actions)

    def _allow_key(self, key: kms.IKey, grantee: iam.IGrantable, actions: Sequence[str]) -> None:
        """Who reads decrypts; who writes is given a data key, and reads the parts that S3 puts together."""
        wanted = {
            "GetObject": ["kms:Decrypt"],
            "PutObject": ["kms:Decrypt", "kms:GenerateDataKey"],
        }
        needed = sorted({permission for action in actions for permission in wanted.get(action, [])})
        if needed:
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=needed,
                resource_arns=[key.key_arn],
                # by way of S3 alone: not everything that the key guards
                conditions={"StringEquals": {"kms:ViaService": f"s3.{Aws.REGION}.{Aws.URL_SUFFIX}"}},
            )

    def allow_listing(self, grantee: iam.IGrantable) -> None:
        """Let `grantee` list keys; without it S3 answers 403, not 404, for an object that is not there."""
        iam.Grant.add_to_principal(grantee=grantee, actions=["s3:ListBucket"], resource_arns=[self.bucket_arn])


def all_buckets(environment: Environment) -> str:
    """The pattern of an ARN that fits the buckets of one environment."""
    return f"arn:{Aws.PARTITION}:s3:::{_name(environment, '*')}"


def _name(environment: Environment, purpose: str) -> str:
    return f"marquee-{environment.name}-{purpose}-{Aws.ACCOUNT_ID}-{Aws.REGION}"
