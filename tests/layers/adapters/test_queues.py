"""Asking queues how much lies in them, against a small stand-in for SQS, and breakers in a real Valkey."""

from __future__ import annotations

import json
import uuid
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from marquee.adapters.breaker import SharedBreaker
from marquee.adapters.breaker_phases import ValkeyBreakers
from marquee.adapters.queues import SqsQueues
from marquee.adapters.valkey_connection import connect
from marquee.domain.breaker import BreakerPolicy
from marquee.domain.errors import TransientError
from marquee.domain.operations import QueueDepth

from tests.layers.adapters.conftest import running_valkey
from tests.receivers import receiver

INGEST, DEAD = "https://sqs.example/1/ingest", "https://sqs.example/1/dead"
COUNTS = {
    "ApproximateNumberOfMessages": "3",
    "ApproximateNumberOfMessagesNotVisible": "2",
    "ApproximateNumberOfMessagesDelayed": "1",
}


def answering(status: int, document: object) -> object:
    def answer(request: BaseHTTPRequestHandler) -> None:
        body = json.dumps(document).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def test_every_queue_is_asked_for_what_waits_what_is_worked_on_and_what_is_put_off(aws: pytest.MonkeyPatch) -> None:
    with receiver(answering(200, {"Attributes": COUNTS})) as there:  # type: ignore[arg-type]
        aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{there.port}")
        depths = SqsQueues({"ingest": INGEST, "dead": DEAD}).depths()
    asked = [json.loads(came.body) for came in there.came]
    assert [each["QueueUrl"] for each in asked] == [INGEST, DEAD]
    assert all(set(each["AttributeNames"]) == set(COUNTS) for each in asked)
    assert depths == [QueueDepth(name=name, waiting=3, in_flight=2, delayed=1) for name in ("ingest", "dead")]


@pytest.mark.parametrize("status", [403, 503])
def test_queues_that_do_not_answer_are_away(status: int, aws: pytest.MonkeyPatch) -> None:
    with receiver(answering(status, {})) as there:  # type: ignore[arg-type]
        aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{there.port}")
        with pytest.raises(TransientError):
            SqsQueues({"ingest": INGEST}).depths()


@pytest.mark.contract
def test_breakers_are_read_as_they_are_left_and_away_without_the_cache(tmp_path: Path) -> None:
    name = uuid.uuid4().hex
    with running_valkey(tmp_path) as (_, endpoint):
        client = connect(endpoint, tls=False)
        breakers = ValkeyBreakers(client, [name, "never-used"])
        assert breakers.phases() == {}
        breaker = SharedBreaker(client, name, policy=BreakerPolicy(failures=1))
        permit = breaker.admit()
        assert permit is not None
        breaker.record(permit, ok=False)
        assert breakers.phases() == {name: "open"}
    with pytest.raises(TransientError):
        breakers.phases()
    client.close()
