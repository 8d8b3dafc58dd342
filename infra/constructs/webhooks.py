"""What webhooks stand on: the queue that wakes their delivery, and the key of their secrets."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.constructs.findings import accept
from infra.constructs.queue import QueueWithDeadLetters
from infra.constructs.retention import removal_policy
from infra.constructs.secret_access import let_read
from infra.environments import Environment

# A round takes 45 s of new deliveries, and then waits for those that are under way.
DELIVERY_TIMEOUT = Duration.seconds(120)


class WebhookStores(Construct):
    """`queue` takes messages that say nothing but "look"; `key` is what signing secrets are sealed with."""

    queue: QueueWithDeadLetters
    key: secretsmanager.Secret

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment, key: kms.IKey | None) -> None:
        super().__init__(scope, construct_id)
        self.queue = QueueWithDeadLetters(self, "Queue", consumer_timeout=DELIVERY_TIMEOUT)
        self.key = secretsmanager.Secret(
            self,
            "Key",
            description="Marquee's webhooks: the signing secrets in the database are sealed with a key made of this",
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
            encryption_key=key,
            removal_policy=removal_policy(environment.retention),
        )

        accept(
            self.key,
            "What it seals lies in the database: turned over, it could open nothing of what is there.",
            "AwsSolutions-SMG4",
        )

    def tell_from(self, function: lambda_.Function) -> None:
        """Let a function wake the delivery after it has said a fact."""
        function.add_environment("WEBHOOKS_QUEUE_URL", self.queue.queue_url)
        self.queue.grant_send_messages(function)

    def seal_from(self, function: lambda_.Function) -> None:
        """Let a function seal and open secrets."""
        function.add_environment("WEBHOOKS_KEY_SECRET_ARN", self.key.secret_arn)
        let_read(self.key, function)
