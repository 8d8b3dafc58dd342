"""A queue's dead letters in SQS (`domain.ports.DeadLetters`), put there by whoever read them, with the reason."""

from __future__ import annotations

import logging
from functools import cached_property

from marquee.adapters.aws import JsonService, ServiceError
from marquee.domain.errors import PermanentError, TransientError

logger = logging.getLogger("marquee.dead_letters")


class QueueDeadLetters:
    """Messages keep their body; `code` and `reason` are attributes. They can be moved back as they are."""

    def __init__(self, queue_url: str) -> None:
        self._queue_url = queue_url

    def put(self, body: str, reason: PermanentError) -> None:
        try:
            self._service.call(
                "SendMessage",
                QueueUrl=self._queue_url,
                MessageBody=body,
                MessageAttributes={"code": _text(reason.code), "reason": _text(reason.message)},
            )
        except ServiceError as error:
            raise TransientError("A message could not be set aside.") from error
        logger.error("a message was set aside", extra={"code": reason.code, "reason": reason.message})

    @cached_property
    def _service(self) -> JsonService:
        return JsonService("The dead letters", "sqs", variable="SQS", target="AmazonSQS", version="1.0")


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}
