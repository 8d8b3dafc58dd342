"""What reaches a bucket reaches the queue, the function, and, if nobody can take it, the dead letters."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from local.events import failed_messages
from local.functions.outcome import Outcome
from tests.local.conftest import RunningCloud


def seen(file: Path, word: str, count: int) -> list[Any]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        lines = file.read_text().splitlines() if file.exists() else []
        found = [json.loads(line) for line in lines if word in line]
        if len(found) >= count:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{word} was not seen {count} times")


def test_an_object_that_is_put_calls_the_function(tiny: RunningCloud) -> None:
    tiny.client("s3").put_object(Bucket="tiny-data-uploads", Key="a film.mp4", Body=b"film")
    (event,) = seen(tiny.seen, "a+film.mp4", 1)
    assert event["Records"][0]["s3"]["object"]["size"] == 4


def test_a_message_that_always_fails_ends_among_the_dead_letters(tiny: RunningCloud) -> None:
    sqs = tiny.client("sqs")
    queue = sqs.get_queue_url(QueueName="Tiny-Data-Queue")["QueueUrl"]
    dead = sqs.get_queue_url(QueueName="Tiny-Data-Dead")["QueueUrl"]
    entries = [{"Id": str(n), "MessageBody": json.dumps({"word": w})} for n, w in enumerate(("poison", "good"))]
    sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    seen(tiny.seen, "poison", 2)
    received = sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=20)
    assert [json.loads(message["Body"])["word"] for message in received["Messages"]] == ["poison"]
    assert len(seen(tiny.seen, "good", 1)) == 1


def test_a_delayed_message_comes_when_its_delay_is_over_without_a_look_now_and_then(tiny: RunningCloud) -> None:
    """The look under everything comes every 30 s, which is longer than this test waits."""
    sqs = tiny.client("sqs")
    queue = sqs.get_queue_url(QueueName="Tiny-Data-Queue")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"word": "later"}), DelaySeconds=1)
    assert len(seen(tiny.seen, "later", 1)) == 1


def test_a_schedule_is_fired_at_the_start(tiny: RunningCloud) -> None:
    assert seen(Path(f"{tiny.seen}.schedule"), "count", 1)


def test_an_event_is_accepted_before_it_is_worked_on(tiny: RunningCloud) -> None:
    file = f"{tiny.seen}.event"
    payload = json.dumps({"do": "count", "file": file})
    answer = tiny.client("lambda").invoke(FunctionName="Tiny-App-Echo", InvocationType="Event", Payload=payload)
    assert answer["StatusCode"] == 202
    assert seen(Path(file), "count", 1)


@pytest.mark.parametrize(
    ("outcome", "reports", "failed"),
    [
        (Outcome(b"null"), True, set()),
        (Outcome(b'{"batchItemFailures": []}'), True, set()),
        (Outcome(b'{"batchItemFailures": [{"itemIdentifier": "b"}]}'), True, {"b"}),
        (Outcome(b'{"batchItemFailures": [{"itemIdentifier": "b"}]}'), False, set()),
        (Outcome(b'{"batchItemFailures": [{"itemIdentifier": "z"}]}'), True, {"a", "b"}),
        (Outcome(b'{"batchItemFailures": [{"id": "b"}]}'), True, {"a", "b"}),
        (Outcome(b'"words"'), True, {"a", "b"}),
        (Outcome(b"{}", failed=True), False, {"a", "b"}),
    ],
)
def test_an_answer_says_which_messages_stay(outcome: Outcome, reports: bool, failed: set[str]) -> None:
    assert failed_messages(outcome, ["a", "b"], reports) == failed
