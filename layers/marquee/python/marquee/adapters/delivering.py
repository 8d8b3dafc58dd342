"""Ways to the functions that deliver webhooks: the queue that wakes one, and the one that posts."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from functools import cached_property
from urllib.parse import quote

from marquee.adapters.aws import Endpoint, JsonService, Requests, ServiceError
from marquee.domain.errors import TransientError
from marquee.domain.webhooks import Answered, Order

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
        delay = min(LONGEST_DELAY_SECONDS, math.ceil(after_seconds))
        try:
            self._service.call("SendMessage", QueueUrl=self._queue_url, MessageBody="{}", DelaySeconds=delay)
        except (TransientError, ServiceError):
            # The schedule looks every minute: not worth more of whoever has just changed a state.
            logger.warning("nobody was woken", exc_info=True)

    @cached_property
    def _service(self) -> JsonService:
        return JsonService(
            "The webhooks' queue",
            "sqs",
            variable="SQS",
            target="AmazonSQS",
            version="1.0",
            attempts=1,
            read_timeout_seconds=WAKE_TIMEOUT_SECONDS,
        )


class LaterDeliverer:
    """Wakes nobody: for what is said where every moment counts. It is told on with the next that is said, or by the
    clock."""

    def wake(self, after_seconds: float = 0.0) -> None:
        del after_seconds


class LambdaWebhookPost:
    """`domain.webhook_stores.WebhookPost` in a function outside of our network, which can do nothing else."""

    def __init__(self, function_name: str) -> None:
        self._function_name = function_name

    def __call__(self, url: str, headers: Mapping[str, str], body: str) -> Answered:
        order = Order(url=url, headers=dict(headers), body=body).model_dump_json()
        started = time.monotonic()
        try:
            answer = self._requests.send("POST", self._address, body=order.encode())
            if answer.status == 200 and "X-Amz-Function-Error" not in answer.headers:
                return Answered.model_validate_json(answer.data)
            logger.error("posting failed", extra={"status": answer.status, "answer": answer.data[:500].decode()})
        except TransientError:
            logger.warning("posting was not possible", exc_info=True)
        # Ours to answer for, and tried again like the rest.
        return Answered(error="not_tried", latency_ms=round((time.monotonic() - started) * 1000))

    @cached_property
    def _endpoint(self) -> Endpoint:
        return Endpoint.of("LAMBDA", "lambda")

    @cached_property
    def _address(self) -> str:
        return f"{self._endpoint.url}/2015-03-31/functions/{quote(self._function_name, safe='')}/invocations"

    @cached_property
    def _requests(self) -> Requests:
        # One attempt: a second one could overlap the first, which may still be running over there.
        return Requests("Posting", "lambda", self._endpoint, attempts=1, read_timeout_seconds=POST_TIMEOUT_SECONDS)
