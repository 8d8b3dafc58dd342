"""The event bus in Amazon EventBridge (`domain.webhook_stores.EventBus`)."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from functools import cached_property

from marquee.adapters.aws import JsonService, ServiceError
from marquee.domain.errors import TransientError
from marquee.domain.events import Event

SOURCE = "marquee"
AT_ONCE = 10  # EventBridge's own
# Nobody waits for it; but it runs before webhooks are delivered.
TIMEOUT_SECONDS = 5
ATTEMPTS = 2

logger = logging.getLogger("marquee.events")


class EventBridgeBus:
    """One bus. An event's `detail-type` is its type, its `detail` the message with its schema."""

    def __init__(self, bus_name: str) -> None:
        self._bus_name = bus_name

    def put(self, events: Sequence[Event]) -> frozenset[str]:
        taken: set[str] = set()
        for start in range(0, len(events), AT_ONCE):
            some = events[start : start + AT_ONCE]
            try:
                answer = self._service.call("PutEvents", Entries=[self._entry(event) for event in some])
            except ServiceError as error:
                raise TransientError("The event bus takes nothing.") from error
            for event, entry in zip(some, answer["Entries"], strict=True):
                if "EventId" in entry:
                    taken.add(event.id)
                else:
                    logger.error("event not taken", extra={"event_id": event.id, "code": entry.get("ErrorCode")})
        return frozenset(taken)

    def _entry(self, event: Event) -> dict[str, object]:
        return {
            "EventBusName": self._bus_name,
            "Source": SOURCE,
            "DetailType": event.type,
            "Time": event.timestamp.timestamp(),
            "Detail": json.dumps(event.message(), separators=(",", ":")),
        }

    @cached_property
    def _service(self) -> JsonService:
        return JsonService(
            "The event bus",
            "events",
            variable="EVENTBRIDGE",
            target="AWSEvents",
            version="1.1",
            attempts=ATTEMPTS,
            read_timeout_seconds=TIMEOUT_SECONDS,
        )
