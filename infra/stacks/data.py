"""Everything that would be missed if it were gone: buckets, the ingest queue, database and cache."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.backups import DatabaseBackups
from infra.constructs.bucket import PrivateBucket
from infra.constructs.cache import ValkeyCache
from infra.constructs.data_key import DataKey
from infra.constructs.database import Database
from infra.constructs.event_bus import FactsBus
from infra.constructs.media_bucket import MediaBucket
from infra.constructs.queue import QueueWithDeadLetters
from infra.constructs.tmdb import TmdbAccess
from infra.constructs.uploads_bucket import UploadsBucket
from infra.constructs.webhooks import WebhookStores
from infra.environments import Environment
from infra.stacks.network import NetworkStack

INGEST_TIMEOUT = Duration.seconds(60)
ACCESS_LOG_DAYS = 90


class DataStack(Stack):
    """Stateful. The other stacks come and go around it."""

    key: DataKey | None
    uploads: UploadsBucket
    media: MediaBucket
    access_logs: PrivateBucket
    ingest_queue: QueueWithDeadLetters
    webhooks: WebhookStores
    bus: FactsBus
    tmdb: TmdbAccess
    database: Database
    cache: ValkeyCache

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: Environment,
        network: NetworkStack,
        termination_protection: bool,
    ) -> None:
        super().__init__(scope, construct_id, termination_protection=termination_protection)
        self.key = DataKey(self, "Key", environment=environment) if environment.own_key else None
        self.access_logs = PrivateBucket(
            self,
            "AccessLogs",
            purpose="logs",
            environment=environment,
            lifecycle_rules=[s3.LifecycleRule(id="Old", expiration=Duration.days(ACCESS_LOG_DAYS))],
        )
        self.ingest_queue = QueueWithDeadLetters(self, "Ingest", consumer_timeout=INGEST_TIMEOUT)
        self.webhooks = WebhookStores(self, "Webhooks", environment=environment, key=self.key)
        self.bus = FactsBus(self, "EventBus", environment=environment)
        self.tmdb = TmdbAccess(self, "Tmdb", environment=environment, key=self.key)
        self.uploads = UploadsBucket(
            self,
            "Uploads",
            environment=environment,
            access_logs=self.access_logs,
            queue=self.ingest_queue,
            key=self.key,
        )
        self.media = MediaBucket(self, "Media", environment=environment, access_logs=self.access_logs, key=self.key)
        self.database = Database(
            self, "Database", environment=environment, vpc=network.vpc, subnets=network.store_subnets, key=self.key
        )
        if environment.backups is not None and self.database.cluster_name is not None:
            DatabaseBackups(
                self,
                "Backups",
                choice=environment.backups,
                cluster=self.database.cluster_name,
                name=f"marquee-{environment.name}",
                key=self.key,
            )
        self.cache = ValkeyCache(
            self, "Valkey", environment=environment, vpc=network.vpc, subnets=network.store_subnets, key=self.key
        )
        self.database.open_to(network.functions.security_group)
        for place in (network.functions, network.workers, network.confined, network.enrichers):
            self.cache.open_to(place.security_group)
        self._tell()

    @property
    def queues(self) -> Mapping[str, sqs.IQueue]:
        """Every queue by the name that operators see."""
        return {
            "ingest": self.ingest_queue,
            "ingest dead letters": self.ingest_queue.dead_letters,
            "webhooks": self.webhooks.queue,
            "webhooks dead letters": self.webhooks.queue.dead_letters,
        }

    def _tell(self) -> None:
        """What runbooks ask for by `marquee outputs`."""
        for name, value in (
            ("UploadsBucketName", self.uploads.bucket_name),
            ("MediaBucketName", self.media.bucket_name),
            ("IngestQueueUrl", self.ingest_queue.queue_url),
            ("IngestDeadLettersUrl", self.ingest_queue.dead_letters.queue_url),
            ("WebhooksDeadLettersUrl", self.webhooks.queue.dead_letters.queue_url),
            ("DatabaseSecretArn", self.database.secret.secret_arn),
            ("TmdbSecretArn", self.tmdb.secret.secret_arn),
        ):
            CfnOutput(self, name, value=value)
