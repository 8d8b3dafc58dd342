"""How much lies in the queues (`domain.operations.Queues`), as SQS counts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from marquee.adapters.aws import JsonService, ServiceError
from marquee.domain.errors import TransientError
from marquee.domain.operations import QueueDepth

# Somebody watches: what does not answer at once is away.
TIMEOUT_SECONDS = 2

_ATTRIBUTES = {
    "waiting": "ApproximateNumberOfMessages",
    "in_flight": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}


class SqsQueues:
    """`urls` by the name that people know a queue by."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = dict(urls)

    def depths(self) -> Sequence[QueueDepth]:
        return [self._depth(name, url) for name, url in self._urls.items()]

    def _depth(self, name: str, url: str) -> QueueDepth:
        try:
            answer = self._service.call("GetQueueAttributes", QueueUrl=url, AttributeNames=list(_ATTRIBUTES.values()))
        except ServiceError as error:
            raise TransientError("The queues cannot be asked.") from error
        found = answer.get("Attributes", {})
        return QueueDepth(name=name, **{field: int(found.get(known, 0)) for field, known in _ATTRIBUTES.items()})

    @cached_property
    def _service(self) -> JsonService:
        return JsonService(
            "The queues",
            "sqs",
            variable="SQS",
            target="AmazonSQS",
            version="1.0",
            attempts=1,
            read_timeout_seconds=TIMEOUT_SECONDS,
        )
