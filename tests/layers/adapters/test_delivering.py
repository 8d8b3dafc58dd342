"""Waking and posting through AWS' own protocols, against a small stand-in for its endpoint."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from marquee.adapters.delivering import LONGEST_DELAY_SECONDS, LambdaWebhookPost, QueueDeliverer
from marquee.domain.webhooks import Answered

from tests.receivers import Receiver, receiver

QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/webhooks"


class Endpoint:
    """Answers every call with `status`, `headers` and `body`."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 200, dict[str, str](), "{}"

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(self.status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(self.body)))
        request.end_headers()
        request.wfile.write(self.body.encode())


@pytest.fixture
def endpoint(aws: pytest.MonkeyPatch) -> Iterator[tuple[Endpoint, Receiver]]:
    answers = Endpoint()
    with receiver(answers) as there:
        aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{there.port}")
        yield answers, there


@pytest.mark.parametrize(("after", "delay"), [(0.0, 0), (5.5, 6), (330.0, 330), (7200.0, LONGEST_DELAY_SECONDS)])
def test_a_wake_is_a_message_with_the_delay_in_whole_seconds(
    endpoint: tuple[Endpoint, Receiver], after: float, delay: int
) -> None:
    QueueDeliverer(QUEUE).wake(after)
    (came,) = endpoint[1].came
    assert came.headers["x-amz-target"] == "AmazonSQS.SendMessage"
    assert json.loads(came.body) == {"QueueUrl": QUEUE, "MessageBody": "{}", "DelaySeconds": delay}


@pytest.mark.parametrize("status", [400, 503])
def test_a_wake_that_is_refused_is_tried_once_and_in_nobody_s_way(
    endpoint: tuple[Endpoint, Receiver], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint[0].status = status
    with caplog.at_level(logging.WARNING):
        QueueDeliverer(QUEUE).wake()
    assert len(endpoint[1].came) == 1
    assert "nobody was woken" in caplog.text


def test_a_post_is_one_call_of_the_function_outside(endpoint: tuple[Endpoint, Receiver]) -> None:
    given = Answered(status_code=202, response_body="ok", latency_ms=12)
    endpoint[0].body = given.model_dump_json()
    answered = LambdaWebhookPost("post-webhook")("https://a.example.com/", {"webhook-id": "evt_1"}, "{}")
    (came,) = endpoint[1].came
    assert answered == given
    assert came.path == "/2015-03-31/functions/post-webhook/invocations"
    assert json.loads(came.body) == {"url": "https://a.example.com/", "headers": {"webhook-id": "evt_1"}, "body": "{}"}


@pytest.mark.parametrize(
    ("status", "headers"), [(200, {"X-Amz-Function-Error": "Unhandled"}), (429, {}), (500, {}), (403, {})]
)
def test_a_post_that_could_not_be_tried_is_no_answer_and_is_not_repeated_here(
    endpoint: tuple[Endpoint, Receiver], status: int, headers: dict[str, str]
) -> None:
    endpoint[0].status, endpoint[0].headers = status, headers
    answered = LambdaWebhookPost("post-webhook")("https://a.example.com/", {}, "{}")
    assert (answered.status_code, answered.error) == (None, "not_tried")
    assert len(endpoint[1].came) == 1
