"""Queues that feed functions: Lambda's event source mappings over SQS.

Nothing polls: whoever sends to a queue wakes its poller, and so does the moment at which a failed message becomes
visible again. A slow look now and then is the net under that.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from local.functions.outcome import Outcome, TooManyRequestsError, UnknownFunctionError
from local.functions.service import LambdaService
from local.model import EventSource, Queue

_LOOK_SECONDS = 30.0
_RECEIVE_LIMIT = 10  # SQS' own
_CONCURRENT_BATCHES = 5  # what Lambda starts with
_RETRY_SECONDS = 1.0

logger = logging.getLogger(__name__)


class QueuePoller:
    """One event source mapping. `client` is a boto3 SQS client, called in threads."""

    def __init__(self, source: EventSource, queue: Queue, functions: LambdaService, client: Any) -> None:
        self._source = source
        self._queue = queue
        self._functions = functions
        self._client = client
        self._woken = asyncio.Event()
        self._batches: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(source.maximum_concurrency or _CONCURRENT_BATCHES)
        self._visibility_seconds = float(queue.attributes.get("VisibilityTimeout", "30"))
        self._task: asyncio.Task[None] | None = None
        self._timers: set[asyncio.TimerHandle] = set()

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name=f"poll {self._queue.name}")

    async def close(self) -> None:
        for timer in self._timers:
            timer.cancel()
        tasks = [*self._batches, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self, after_seconds: float = 0.0) -> None:
        """There may be messages now, or after so long."""
        if after_seconds:
            self._wake_later(after_seconds)
        else:
            self._woken.set()

    async def _run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()
            try:
                await self._drain()
            except Exception:
                logger.exception("polling %s failed", self._queue.name)
                await asyncio.sleep(_RETRY_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311
                self._woken.set()

    async def _drain(self) -> None:
        while True:
            await self._turns.acquire()
            try:
                messages = await self._receive()
            except BaseException:
                self._turns.release()
                raise
            if not messages:
                self._turns.release()
                return
            batch = asyncio.get_running_loop().create_task(self._deliver(messages))
            self._batches.add(batch)
            batch.add_done_callback(self._batch_ended)

    def _batch_ended(self, batch: asyncio.Task[None]) -> None:
        self._batches.discard(batch)
        self._turns.release()

    async def _receive(self) -> list[dict[str, Any]]:
        window = self._source.batching_window_seconds
        messages = await self._receive_some(self._source.batch_size)
        if messages and window and len(messages) < self._source.batch_size:
            await asyncio.sleep(window)
        while messages and len(messages) < self._source.batch_size:
            more = await self._receive_some(self._source.batch_size - len(messages))
            if not more:
                break
            messages += more
        return messages

    async def _receive_some(self, most: int) -> list[dict[str, Any]]:
        response = await asyncio.to_thread(
            self._client.receive_message,
            QueueUrl=self._queue.url,
            MaxNumberOfMessages=min(most, _RECEIVE_LIMIT),
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        found: list[dict[str, Any]] = response.get("Messages", [])
        return found

    async def _deliver(self, messages: list[dict[str, Any]]) -> None:
        records = [_record(message, self._source.queue_arn) for message in messages]
        payload = json.dumps({"Records": records}).encode()
        try:
            outcome = await self._functions.invoke(self._source.function_arn, payload)
        except (TooManyRequestsError, UnknownFunctionError):
            outcome = Outcome(b"", failed=True)
        failed = failed_messages(outcome, [m["MessageId"] for m in messages], self._source.reports_failures)
        if failed:
            logger.warning("%d of %d messages of %s failed", len(failed), len(messages), self._queue.name)
            # a failed message is visible again when its timeout is over
            self._wake_later(self._visibility_seconds)
        done = [m for m in messages if m["MessageId"] not in failed]
        await asyncio.to_thread(self._delete, done)

    def _delete(self, messages: list[dict[str, Any]]) -> None:
        for start in range(0, len(messages), _RECEIVE_LIMIT):
            some = messages[start : start + _RECEIVE_LIMIT]
            entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(some)]
            self._client.delete_message_batch(QueueUrl=self._queue.url, Entries=entries)

    def _wake_later(self, seconds: float) -> None:
        timer = asyncio.get_running_loop().call_later(seconds + 0.1, self.wake)
        self._timers = {t for t in self._timers if t.when() > asyncio.get_running_loop().time()}
        self._timers.add(timer)


def failed_messages(outcome: Outcome, message_ids: Iterable[str], reports_failures: bool) -> set[str]:
    """Which messages stay in the queue. As Lambda: an answer that is not understood fails the whole batch."""
    everything = set(message_ids)
    if outcome.failed:
        return everything
    if not reports_failures:
        return set()
    try:
        answer = json.loads(outcome.payload or b"null") or {}
        named = {str(item["itemIdentifier"]) for item in answer.get("batchItemFailures") or ()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return everything
    return named if named <= everything else everything


def _record(message: Mapping[str, Any], queue_arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {
                "stringValue": value.get("StringValue"),
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": value["DataType"],
            }
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


class Queues:
    """All pollers, and sending to a queue by its ARN."""

    def __init__(
        self, sources: Sequence[EventSource], queues: Iterable[Queue], functions: LambdaService, client: Any
    ) -> None:
        self._queues = {queue.arn: queue for queue in queues}
        self._client = client
        self._pollers = [QueuePoller(s, self._queues[s.queue_arn], functions, client) for s in sources]
        self._by_name: dict[str, list[QueuePoller]] = {}
        for poller, source in zip(self._pollers, sources, strict=True):
            self._by_name.setdefault(source.queue_arn.rsplit(":", 1)[-1], []).append(poller)

    def start(self) -> None:
        for poller in self._pollers:
            poller.start()

    async def close(self) -> None:
        await asyncio.gather(*(poller.close() for poller in self._pollers))

    def sent(self, queue_url_or_arn: str, delay_seconds: float = 0.0) -> None:
        """Messages were sent to this queue: its pollers look at once, or when the messages' delay is over."""
        name = queue_url_or_arn.replace(":", "/").rsplit("/", 1)[-1]
        for poller in self._by_name.get(name, ()):
            poller.wake(delay_seconds)

    def wake_all(self) -> None:
        """Messages may have come into any queue."""
        for poller in self._pollers:
            poller.wake()

    async def send(self, queue_arn: str, message: Mapping[str, Any]) -> None:
        """Sends a JSON message; raises when the queue did not take it."""
        url = self._queues[queue_arn].url
        await asyncio.to_thread(self._client.send_message, QueueUrl=url, MessageBody=json.dumps(message))
        self.sent(queue_arn)
