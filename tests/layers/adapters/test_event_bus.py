"""Events on a bus that speaks EventBridge's own protocol, and reach a subscriber's queue by his rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import boto3
import pytest
from marquee.adapters.event_bus import AT_ONCE, EventBridgeBus
from marquee.domain.errors import TransientError
from marquee.domain.events import asset_deleted
from moto.server import ThreadedMotoServer

from tests.receivers import receiver

NOW = datetime(2026, 11, 21, 12, 30, 5, tzinfo=UTC)
BUS = "films"


@pytest.fixture
def endpoint(aws: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    aws.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    yield f"http://{host}:{port}"
    server.stop()


def client(service: str) -> Any:
    return boto3.client(service, region_name="eu-central-1")  # type: ignore[call-overload]


def test_a_subscriber_gets_what_his_rule_asks_for_with_its_schema(endpoint: str) -> None:
    events, sqs = client("events"), client("sqs")
    queue = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.create_event_bus(Name=BUS)
    pattern = {"source": ["marquee"], "detail": {"asset_id": ["ast_3"]}}
    events.put_rule(Name="third", EventBusName=BUS, EventPattern=json.dumps(pattern))
    events.put_targets(Rule="third", EventBusName=BUS, Targets=[{"Id": "queue", "Arn": arn}])

    said = [asset_deleted(f"ast_{number}", NOW) for number in range(AT_ONCE + 3)]
    assert EventBridgeBus(BUS).put(said) == {event.id for event in said}

    (message,) = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    came = json.loads(message["Body"])
    assert (came["source"], came["detail-type"], came["time"]) == ("marquee", "asset.deleted", "2026-11-21T12:30:05Z")
    assert came["detail"] == {
        "schema": "asset.deleted/1",
        "id": "evt_ast_3_asset-deleted",
        "time": "2026-11-21T12:30:05Z",
        "asset_id": "ast_3",
    }


def test_a_bus_that_is_not_there_takes_nothing_for_now(endpoint: str) -> None:
    with pytest.raises(TransientError):
        EventBridgeBus("elsewhere").put([asset_deleted("ast_1", NOW)])


def test_an_event_that_was_not_taken_is_told_apart_from_those_that_were(aws: pytest.MonkeyPatch) -> None:
    entries = [{"EventId": "1"}, {"ErrorCode": "InternalFailure"}, {"EventId": "3"}]
    body = json.dumps({"FailedEntryCount": 1, "Entries": entries}).encode()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    with receiver(answer) as there:
        aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{there.port}")
        said = [asset_deleted(f"ast_{number}", NOW) for number in range(3)]
        assert EventBridgeBus(BUS).put(said) == {said[0].id, said[2].id}
