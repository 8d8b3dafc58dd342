"""Dead letters are counted, looked at and moved back, on queues that answer as AWS' do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto.server import ThreadedMotoServer
from typer.testing import CliRunner, Result

from cli.control_plane import ControlPlane
from cli.main import app

INGEST, WEBHOOKS = "Marquee-dev-Data-Ingest4069586C-aB3", "Marquee-dev-Data-WebhooksQueueCBC86013-xY9"
DEAD = "Marquee-dev-Data-IngestDeadLetters30EF41F6-q1Z"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def queues(address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client of an account with two queues, each with its dead letters, and somebody else's."""
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_REGION": "eu-west-1",
        "MARQUEE_ENV": "dev",
    }.items():
        monkeypatch.setenv(name, value)
    sqs = ControlPlane("dev").client("sqs")
    for source, dead in ((INGEST, DEAD), (WEBHOOKS, "Marquee-dev-Data-WebhooksQueueDeadLetters69E26210-p")):
        url = sqs.create_queue(QueueName=dead)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
        sqs.create_queue(QueueName=source, Attributes={"RedrivePolicy": policy})
    sqs.create_queue(QueueName="Marquee-prod-Data-Ingest4069586C-zz")
    yield sqs
    for address_of in sqs.list_queues()["QueueUrls"]:
        sqs.delete_queue(QueueUrl=address_of)


def put(sqs: Any, name: str, body: str, **attributes: str) -> None:
    given = {key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()}
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"], MessageBody=body, MessageAttributes=given)


def bodies(sqs: Any, name: str) -> list[str]:
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return sorted(message["Body"] for message in found.get("Messages", ()))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["redrive", *arguments])


def test_dead_letters_are_counted_by_queue(queues: Any) -> None:
    put(queues, DEAD, "one")
    assert json.loads(run("--json").stdout) == {"ingest": 1, "webhooks": 0}


def test_they_are_shown_with_the_reason_and_stay(queues: Any) -> None:
    put(queues, DEAD, "one", code="unknown_schema", reason="Never heard of it.")
    put(queues, DEAD, "two")
    shown = [json.loads(line) for line in run("ingest", "--look").stdout.splitlines()]
    said = sorted((message["body"], message["code"]) for message in shown)
    assert said == [("one", "unknown_schema"), ("two", None)]
    assert bodies(queues, DEAD) == ["one", "two"]


def test_they_are_moved_back_as_they_were_and_nothing_is_left(queues: Any) -> None:
    sent = sorted(f"message {number}" for number in range(12))
    for body in sent:
        put(queues, DEAD, body)
    assert json.loads(run("ingest", "--json").stdout) == {"queue": "ingest", "moved": 12}
    assert bodies(queues, DEAD) == []
    url = queues.get_queue_url(QueueName=INGEST)["QueueUrl"]
    counted = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert counted["Attributes"]["ApproximateNumberOfMessages"] == "12"


def test_an_environment_without_queues_is_not_one_without_dead_letters(queues: Any) -> None:
    refused = run("--env", "staging", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (1, "not_deployed")


def test_a_queue_that_is_not_there_is_said(queues: Any) -> None:
    refused = run("films", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (1, "unknown")
