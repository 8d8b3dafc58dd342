"""Dead letters of an environment's queues: counted, looked at, moved back."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rich.table import Table

from cli.control_plane import ControlPlane, told
from cli.display import results
from cli.endpoint import EndpointError

AT_ONCE = 10  # SQS' own limit
WAIT_SECONDS = 1  # of a receive: it then asks all of SQS' servers, not some
MOVE_SECONDS = 60  # for how long a message that is being moved is nobody else's
MOST_SHOWN = 100
# What CloudFormation adds to a construct's id, and the CDK before it.
_ADDED = re.compile(r"[0-9A-F]{8}(-\w+)?$")

Message = Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """A queue and that of its dead letters, by their addresses."""

    name: str
    source: str
    dead: str


class DeadLetters:
    """Raises `EndpointError`."""

    def __init__(self, control: ControlPlane) -> None:
        self._control = control

    @cached_property
    def _queues(self) -> Any:
        return self._control.client("sqs")

    def pairs(self) -> list[Pair]:
        with told():
            pages = self._queues.get_paginator("list_queues").paginate(QueueNamePrefix=self._control.prefix)
            addresses = [address for page in pages for address in page.get("QueueUrls", ())]
            found = [
                Pair(self._short(source), source, dead)
                for dead in addresses
                for source in self._queues.list_dead_letter_source_queues(QueueUrl=dead).get("queueUrls", ())
            ]
        if not found:
            raise self._control.is_not_there()
        return sorted(found, key=lambda pair: pair.name)

    def pair(self, name: str) -> Pair:
        found = self.pairs()
        for pair in found:
            if pair.name == name:
                return pair
        known = ", ".join(pair.name for pair in found)
        raise EndpointError(f"There is no queue {name}; with dead letters there are: {known}.", code="unknown")

    def count(self, pair: Pair) -> int:
        """About how many lie there, as SQS counts."""
        with told():
            told_of = self._queues.get_queue_attributes(
                QueueUrl=pair.dead, AttributeNames=["ApproximateNumberOfMessages"]
            )
        return int(told_of["Attributes"]["ApproximateNumberOfMessages"])

    def look(self, pair: Pair) -> Iterator[Message]:
        """Messages as they lie there, each once, and not more than can be read."""
        seen: set[str] = set()
        with told():
            while len(seen) < MOST_SHOWN:
                new = [m for m in self._receive(pair, 0) if m["MessageId"] not in seen]
                if not new:
                    return
                seen.update(message["MessageId"] for message in new)
                yield from new

    def move_back(self, pair: Pair) -> int:
        """How many were moved. What comes to lie there meanwhile stays: it is what cannot be done yet."""
        begun, moved = time.time() * 1000, 0
        with told():
            while messages := self._receive(pair, MOVE_SECONDS):
                old = [m for m in messages if int(m["Attributes"]["SentTimestamp"]) < begun]
                for message in old:
                    self._queues.send_message(QueueUrl=pair.source, MessageBody=message["Body"])
                    # only when it lies in its queue again: whoever dies in between leaves it in both
                    self._queues.delete_message(QueueUrl=pair.dead, ReceiptHandle=message["ReceiptHandle"])
                moved += len(old)
                if len(old) < len(messages):
                    self._leave(pair, [m for m in messages if m not in old])
                    return moved
        return moved

    def _leave(self, pair: Pair, messages: list[Message]) -> None:
        for message in messages:
            self._queues.change_message_visibility(
                QueueUrl=pair.dead, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )

    def _receive(self, pair: Pair, visibility_seconds: int) -> list[Message]:
        answer = self._queues.receive_message(
            QueueUrl=pair.dead,
            MaxNumberOfMessages=AT_ONCE,
            WaitTimeSeconds=WAIT_SECONDS,
            VisibilityTimeout=visibility_seconds,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return list(answer.get("Messages", ()))

    def _short(self, address: str) -> str:
        """`…/Marquee-dev-Data-WebhooksQueueCBC86013-x` → `webhooks`."""
        name = address.rpartition("/")[2].removeprefix(self._control.prefix).partition("-")[2]
        return _ADDED.sub("", name).lower().removesuffix("queue")


def tell_counts(letters: DeadLetters, as_json: bool) -> None:
    counts = {pair.name: letters.count(pair) for pair in letters.pairs()}
    if as_json:
        print(json.dumps(counts))
        return
    table = Table("queue", "dead letters")
    for name, count in counts.items():
        table.add_row(name, str(count))
    results().print(table)


def tell_messages(letters: DeadLetters, queue: str) -> None:
    """One JSON document a line: `{id, sent, code, reason, body}`; the code is of whoever put it aside, or None."""
    for message in letters.look(letters.pair(queue)):
        given = {name: value.get("StringValue") for name, value in message.get("MessageAttributes", {}).items()}
        print(
            json.dumps(
                {
                    "id": message["MessageId"],
                    "sent": int(message["Attributes"]["SentTimestamp"]) / 1000,
                    "code": given.get("code"),
                    "reason": given.get("reason"),
                    "body": message["Body"],
                }
            )
        )


def move_back(letters: DeadLetters, queue: str, as_json: bool) -> None:
    moved = letters.move_back(letters.pair(queue))
    print(json.dumps({"queue": queue, "moved": moved}) if as_json else f"{queue}: {moved} moved back")
