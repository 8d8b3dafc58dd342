"""The bucket that clients send films to, and the queue that hears of each."""

from __future__ import annotations

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.backups import Backups
from infra.constructs.bucket import PrivateBucket
from infra.constructs.underlying import underlying
from infra.environments import Environment, Retention

SOURCES = "uploads/"
# For who is told of a source by storage: it names the version, where there are any.
READ_SOURCE = ("GetObject", "GetObjectVersion")


class UploadsBucket(PrivateBucket):
    """Tells `queue` of every object created below `uploads/`.

    The notification is the bucket's own property, not CDK's custom resource: it is applied by
    CloudFormation, visible in the template, and the same template is what the local cloud runs.
    A source is written once and cannot be made again: where the environment keeps copies, one that was deleted can
    be brought back for some days (versions). Everything else that is kept of a film is made of it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        access_logs: s3.IBucket,
        queue: sqs.Queue,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            purpose="uploads",
            environment=environment,
            access_logs=access_logs,
            key=key,
            cors=[
                s3.CorsRule(
                    allowed_methods=[s3.HttpMethods.PUT, s3.HttpMethods.GET],
                    allowed_origins=list(environment.api.upload_origins),
                    allowed_headers=["*"],
                    exposed_headers=["ETag"],  # a page cannot complete a multipart upload without them
                    max_age=3600,
                )
            ],
            lifecycle_rules=[*_source_rules(environment.retention), *_deleted_rules(environment.backups)],
            versioned=environment.backups is not None,
        )
        self._announce_to(queue)

    def _announce_to(self, queue: sqs.Queue) -> None:
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowTheUploadsBucket",
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnEquals": {"aws:SourceArn": f"arn:{Aws.PARTITION}:s3:::{self.known_name}"},
                },
            )
        )
        bucket = underlying(self, s3.CfnBucket)
        bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                s3.CfnBucket.QueueConfigurationProperty(
                    event="s3:ObjectCreated:*",
                    queue=queue.queue_arn,
                    filter=s3.CfnBucket.NotificationFilterProperty(
                        s3_key=s3.CfnBucket.S3KeyFilterProperty(
                            rules=[s3.CfnBucket.FilterRuleProperty(name="prefix", value=SOURCES)]
                        )
                    ),
                )
            ]
        )
        # S3 sends a test message when the notification is set: the queue must accept it by then.
        policy = queue.node.find_child("Policy")
        bucket.node.add_dependency(policy)


def _deleted_rules(backups: Backups | None) -> list[s3.LifecycleRule]:
    if backups is None:
        return []
    return [
        s3.LifecycleRule(
            id="Deleted",
            noncurrent_version_expiration=Duration.days(backups.deleted_source_days),
            expired_object_delete_marker=True,
        )
    ]


def _source_rules(retention: Retention) -> list[s3.LifecycleRule]:
    if retention.source_archive_days is None and retention.source_expiry_days is None:
        return []
    archive = retention.source_archive_days
    expiry = retention.source_expiry_days
    return [
        s3.LifecycleRule(
            id="Sources",
            prefix=SOURCES,
            expiration=Duration.days(expiry) if expiry else None,
            transitions=[
                # instant retrieval: a job may be run again at any time
                s3.Transition(
                    storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL,
                    transition_after=Duration.days(archive),
                )
            ]
            if archive
            else None,
        )
    ]
