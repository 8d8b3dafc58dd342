"""The bucket that viewers watch from, through CloudFront only."""

from __future__ import annotations

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.constructs.bucket import PrivateBucket
from infra.environments import Environment

PUBLISHED = "media/"
WORK = "work/"


class MediaBucket(PrivateBucket):
    """`media/…` is published, `work/…` expires."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        access_logs: s3.IBucket,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            purpose="media",
            environment=environment,
            access_logs=access_logs,
            key=key,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="WorkFiles", prefix=WORK, expiration=Duration.days(environment.retention.work_days)
                ),
                *_tiering(environment.retention.published_tiering_days),
            ],
        )
        self._allow_cloudfront()

    def _allow_cloudfront(self) -> None:
        """Distributions of this account may read what is published.

        Naming the one distribution would make data and delivery need each other; the stateful stack
        must not depend on the stateless one.
        """
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowCloudFrontToReadPublished",
                principals=[iam.ServicePrincipal("cloudfront.amazonaws.com")],
                actions=["s3:GetObject"],
                resources=[self.arn_for_objects(f"{PUBLISHED}*")],
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": f"arn:{Aws.PARTITION}:cloudfront::{Aws.ACCOUNT_ID}:distribution/*"},
                },
            )
        )


def _tiering(after_days: int | None) -> list[s3.LifecycleRule]:
    if after_days is None:
        return []
    # the one that asks no price for reading: a film that is watched again after a year is read at once, and as before
    tier = s3.Transition(storage_class=s3.StorageClass.INTELLIGENT_TIERING, transition_after=Duration.days(after_days))
    return [s3.LifecycleRule(id="Published", prefix=PUBLISHED, transitions=[tier])]
