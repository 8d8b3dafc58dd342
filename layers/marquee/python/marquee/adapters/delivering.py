"""Ways to the functions that deliver webhooks: the queue that wakes one, and the one that posts."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from marquee.domain.webhooks import Answered

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY_SECONDS = 900  # SQS' own
WAKE_TIMEOUT_SECONDS = 2
# The posting function ends before this, and this before the lease of a delivery.
POST_TIMEOUT_SECONDS = 30

logger = logging.getLogger("marquee.webhooks")


class QueueDeliverer:
    """Wakes whoever delivers, by a message that says nothing but that."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def wake(self, after_seconds: float = 0.0) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        delay = min(LONGEST_DELAY_SECONDS, int(-(-after_seconds // 1)))
        try:
            self._client.send_message(QueueUrl=self._queue_url, MessageBody="{}", DelaySeconds=delay)
        except (BotoCoreError, ClientError):
            # The schedule looks every minute: not worth an attempt more of whoever changed a state.
            logger.warning("nobody was woken", exc_info=True)

    @cached_property
    def _client(self) -> SQSClient:
        from botocore.config import Config

        from marquee.adapters.aws import new_session

        quick = Config(
            connect_timeout=WAKE_TIMEOUT_SECONDS,
            read_timeout=WAKE_TIMEOUT_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 1},
        )
        return new_session().client("sqs", config=quick)


class LambdaWebhookPost:
    """`domain.webhook_stores.WebhookPost` in a function outside of our network, which can do nothing else."""

    def __init__(self, function_name: str) -> None:
        self._function_name = function_name

    def __call__(self, url: str, headers: Mapping[str, str], body: str) -> Answered:
        from botocore.exceptions import BotoCoreError, ClientError

        order = json.dumps({"url": url, "headers": dict(headers), "body": body})
        started = time.monotonic()
        try:
            result = self._client.invoke(FunctionName=self._function_name, Payload=order.encode())
            if "FunctionError" not in result:
                return Answered.model_validate_json(result["Payload"].read())
            logger.error("posting failed", extra={"error": result["Payload"].read().decode(errors="replace")})
        except (BotoCoreError, ClientError):
            logger.warning("posting was not possible", exc_info=True)
        # Ours to answer for, and tried again like the rest.
        return Answered(error="not_tried", latency_ms=round((time.monotonic() - started) * 1000))

    @cached_property
    def _client(self) -> LambdaClient:
        from botocore.config import Config

        from marquee.adapters.aws import CONNECT_TIMEOUT_SECONDS, new_session

        # One attempt: a second one could overlap the first, which may still be running over there.
        once = Config(
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            read_timeout=POST_TIMEOUT_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=16,
        )
        return new_session().client("lambda", config=once)
