"""Entry of functions fed by a queue: one record at a time, and only the failed ones come again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from marquee.domain.errors import InvalidRequest, PermanentError, UnknownSchema
from marquee.domain.measures import QUEUE_WAIT, measure
from marquee.domain.work import work_over, working_on
from marquee.entry.logs import begin_invocation, configured_logger


def queue_handler(
    handle_body: Callable[[str], None],
    set_aside: Callable[[str, PermanentError], None] | None = None,
) -> Callable[[Mapping[str, Any], Any], Any]:
    """A Lambda handler for SQS with ReportBatchItemFailures that calls `handle_body` for every message.

    `set_aside` takes what can never be read (`UnknownSchema`, `InvalidRequest`), with the reason; without it such
    messages come again like the rest, until the queue itself sets them aside.
    """

    def do(body: str) -> None:
        try:
            handle_body(body)
        except (UnknownSchema, InvalidRequest) as error:
            if set_aside is None:
                raise
            set_aside(body, error)

    # Powertools passes the record by the keyword `record`.
    def handle(record: SQSRecord) -> None:
        work_over()
        working_on(message_id=record.message_id)
        try:
            do(record.body)
        except Exception:
            # The processor tells the queue alone, which keeps no reason beside a dead letter.
            configured_logger().exception("message failed", extra={"delivery": _delivery(record)})
            raise

    def lambda_handler(event: Mapping[str, Any], context: Any) -> Any:
        logger = begin_invocation(context)
        _tell_wait(event, logger.service)
        return process_partial_response(
            event=dict(event),
            record_handler=handle,
            # All failed is no different from some failed: each goes back to the queue by its own id.
            processor=BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False),
            context=context,
        )

    return lambda_handler


def _delivery(record: SQSRecord) -> int:
    """Which time it is that the message comes."""
    return int(record.raw_event.get("attributes", {}).get("ApproximateReceiveCount", 1))


def _tell_wait(event: Mapping[str, Any], service: str) -> None:
    """How long the oldest of these messages waited, the first time that they came."""
    new = [record["attributes"] for record in event["Records"] if "SentTimestamp" in record.get("attributes", {})]
    sent = [int(told["SentTimestamp"]) for told in new if told.get("ApproximateReceiveCount", "1") == "1"]
    if sent:
        measure({QUEUE_WAIT: max(0.0, round(time.time() - min(sent) / 1000, 3))}, service=service)
