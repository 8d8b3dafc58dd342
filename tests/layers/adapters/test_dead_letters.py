"""Setting a message aside, against a small stand-in for SQS."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler

import pytest
from marquee.adapters.dead_letters import QueueDeadLetters
from marquee.domain.errors import TransientError, UnknownSchema

from tests.receivers import receiver

QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/ingest-dead-letters"


def answering(status: int) -> object:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", "2")
        request.end_headers()
        request.wfile.write(b"{}")

    return answer


def test_a_message_is_kept_as_it_came_with_the_reason_beside_it(aws: pytest.MonkeyPatch) -> None:
    with receiver(answering(200)) as there:  # type: ignore[arg-type]
        aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{there.port}")
        QueueDeadLetters(QUEUE).put('{"schema": "video.uploaded/99"}', UnknownSchema("There is no such version."))
    (came,) = there.came
    assert came.headers["x-amz-target"] == "AmazonSQS.SendMessage"
    assert json.loads(came.body) == {
        "QueueUrl": QUEUE,
        "MessageBody": '{"schema": "video.uploaded/99"}',
        "MessageAttributes": {
            "code": {"DataType": "String", "StringValue": "unknown_schema"},
            "reason": {"DataType": "String", "StringValue": "There is no such version."},
        },
    }


def test_a_message_that_the_queue_refuses_is_not_lost(aws: pytest.MonkeyPatch) -> None:
    with receiver(answering(403)) as there:  # type: ignore[arg-type]
        aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{there.port}")
        with pytest.raises(TransientError):
            QueueDeadLetters(QUEUE).put("{}", UnknownSchema("No."))
