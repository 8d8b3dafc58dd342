"""Notifications: the real shape, once per change, none lost."""

import asyncio
from pathlib import Path
from typing import Any

from local.s3.events import EventDispatcher, build_message
from local.s3.model import Attributes
from local.s3.store import S3Store

QUEUE = "arn:aws:sqs:eu-central-1:000000000000:ingest"
ON_UPLOAD = {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": QUEUE}]}


def test_a_put_tells_the_queue_what_s3_would(s3: Any, served: Any) -> None:
    etag = s3.put_object(Bucket="films", Key="uploads/ä b+c/source", Body=b"film")["ETag"]
    [event] = served.wait_for_events(1)
    assert event["eventVersion"].startswith("2.")
    assert (event["eventSource"], event["eventName"]) == ("aws:s3", "ObjectCreated:Put")
    assert event["awsRegion"] == "eu-central-1"
    assert event["s3"]["bucket"]["name"] == "films"
    assert event["s3"]["bucket"]["arn"] == "arn:aws:s3:::films"
    stated = event["s3"]["object"]
    assert (stated["key"], stated["size"]) == ("uploads/%C3%A4+b%2Bc/source", 4)
    assert stated["eTag"] == etag.strip('"')
    assert served.events[0][0] == QUEUE


def test_only_keys_with_the_prefix_and_suffix_are_told(s3: Any, served: Any) -> None:
    for key in ("uploads/1/source", "uploads/1/other.txt", "media/1/source", "uploads/2/source"):
        s3.put_object(Bucket="films", Key=key, Body=b"")
    s3.copy_object(Bucket="films", Key="uploads/3/source", CopySource="films/media/1/source")
    s3.delete_object(Bucket="films", Key="media/1/source")
    s3.delete_object(Bucket="films", Key="never/there")
    events = served.wait_for_events(4)
    assert [(event["eventName"], event["s3"]["object"]["key"]) for event in events] == [
        ("ObjectCreated:Put", "uploads/1/source"),
        ("ObjectCreated:Put", "uploads/2/source"),
        ("ObjectCreated:Copy", "uploads/3/source"),
        ("ObjectRemoved:Delete", "media/1/source"),
    ]
    assert "size" not in events[-1]["s3"]["object"]


def test_sequencers_of_one_key_grow(s3: Any, served: Any) -> None:
    for number in range(5):
        s3.put_object(Bucket="films", Key="uploads/1/source", Body=bytes(number))
    sequencers = [event["s3"]["object"]["sequencer"] for event in served.wait_for_events(5)]
    assert sequencers == sorted(set(sequencers))
    assert {len(sequencer) for sequencer in sequencers} == {18}
    assert all(int(sequencer, 16) for sequencer in sequencers)


def test_an_event_the_queue_refused_comes_again(s3: Any, served: Any) -> None:
    served.refusals = 2
    s3.put_object(Bucket="films", Key="uploads/1/source", Body=b"")
    s3.put_object(Bucket="films", Key="uploads/2/source", Body=b"")
    keys = [event["s3"]["object"]["key"] for event in served.wait_for_events(2)]
    assert keys == ["uploads/1/source", "uploads/2/source"]


def test_an_event_nobody_took_is_delivered_by_the_next_process(tmp_path: Path) -> None:
    store = S3Store(tmp_path)
    store.create_bucket("films", notifications=ON_UPLOAD)
    store.put("films", "k", [], "e", Attributes(), event="ObjectCreated:Put")
    store.close()

    async def deliver(reopened: S3Store) -> dict[str, Any]:
        taken: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        async def take(_: str, message: dict[str, Any]) -> None:
            await taken.put(message)

        dispatcher = EventDispatcher(reopened, "eu-central-1", take)
        dispatcher.start()
        message = await asyncio.wait_for(taken.get(), 20)
        await dispatcher.stop()
        return message

    reopened = S3Store(tmp_path)
    message = asyncio.run(deliver(reopened))
    reopened.close()
    assert message["Records"][0]["s3"]["object"]["key"] == "k"


def test_the_time_is_written_as_s3_writes_it() -> None:
    event = {"name": "ObjectCreated:Put", "time": 0.5, "bucket": "b", "key": "k", "sequencer": "1", "rule_id": "r"}
    assert build_message(event, "x")["Records"][0]["eventTime"] == "1970-01-01T00:00:00.500Z"
