"""The gate before the API, in the running system: quotas are told, direct ways are shut, and Valkey may be away."""

from __future__ import annotations

import json
import os
import signal
import urllib.error
import urllib.request
from email.message import Message

import pytest

from benchmarks.service import MarqueeService
from tests.e2e.storage import aws
from tests.platform import http_event

pytestmark = pytest.mark.e2e


def ask(service: MarqueeService, path: str, headers: dict[str, str] | None = None) -> tuple[int, Message]:
    url = service.endpoint.url(f"/api/v1{path}")
    assert url is not None
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=20) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def remaining(headers: Message) -> int:
    return int(headers["RateLimit"].split(";r=")[1].split(";")[0])


def test_answers_count_down_a_quota_that_no_false_address_escapes(service: MarqueeService) -> None:
    _, first = ask(service, "/movies?limit=1")
    forged = {"X-Viewer-Address": "203.0.113.66", "X-Forwarded-For": "203.0.113.66", "X-Origin-Verify": "guessed"}
    status, second = ask(service, "/movies?limit=1", forged)

    assert status == 200
    assert first["RateLimit-Policy"] == '"read";q=48000;w=60'
    assert remaining(second) < remaining(first)


def test_a_function_that_is_called_past_the_edge_refuses(service: MarqueeService) -> None:
    (name,) = (path.stem for path in (service.state / "log").glob("*-Api-Assets*.log"))
    event = json.dumps(http_event("GET", "/api/v1/assets"))
    answer = json.loads(aws(service, "lambda").invoke(FunctionName=name, Payload=event)["Payload"].read())

    assert answer["statusCode"] == 403


def test_a_hundred_mistakes_of_a_developer_shut_nobody_out(service: MarqueeService) -> None:
    assert {ask(service, f"/nothing-{n}")[0] for n in range(100)} == {404}
    assert ask(service, "/assets")[0] == 200


def test_limits_are_kept_while_valkey_hangs(service: MarqueeService) -> None:
    pids = service.processes("valkey-server")
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        answers = [ask(service, "/assets") for _ in range(5)]
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)

    assert {status for status, _ in answers} == {200}
    assert all(headers["RateLimit"] for _, headers in answers)
