"""A queue is never without the place where its poison goes."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.findings import accept

DELIVERY_ATTEMPTS = 5
CONSUMER_TIMEOUTS_OF_VISIBILITY = 6  # AWS: less, and batches that were throttled are delivered twice


class QueueWithDeadLetters(sqs.Queue):
    """Encrypted, TLS-only; a message that failed five times waits 14 days in `dead_letters`."""

    dead_letters: sqs.Queue

    def __init__(self, scope: Construct, construct_id: str, *, consumer_timeout: Duration) -> None:
        dead_letters = sqs.Queue(
            scope,
            f"{construct_id}DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        accept(dead_letters, "These are the dead letters themselves.", "Serverless-SQSRedrivePolicy")
        super().__init__(
            scope,
            construct_id,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(4),
            visibility_timeout=Duration.seconds(consumer_timeout.to_seconds() * CONSUMER_TIMEOUTS_OF_VISIBILITY),
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=DELIVERY_ATTEMPTS, queue=dead_letters),
        )
        self.dead_letters = dead_letters
