"""The HTTP API gives functions API Gateway's events, and clients its answers. Seen through the edge."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
from typing import Any

import pytest

from local.functions.outcome import Outcome
from local.gateway import to_response
from tests.local.conftest import RunningCloud


def request(
    tiny: RunningCloud,
    method: str,
    path: str,
    headers: dict[str, str] | list[tuple[str, str]] | None = None,
    body: bytes | None = None,
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", tiny.cloud.options.port, timeout=30)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items() if isinstance(headers, dict) else headers or ():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def _event(tiny: RunningCloud, *arguments: Any) -> Any:
    response, content = request(tiny, *arguments)
    assert response.status == 200
    return json.loads(content)


def test_an_event_has_payload_format_2(tiny: RunningCloud) -> None:
    headers = [("X-Word", "a"), ("X-Word", "b"), ("Cookie", "one=1; two=2"), ("User-Agent", "tests")]
    event = _event(tiny, "GET", "/api/things/a%2Fb?q=1&q=2&r=%20x", headers)
    assert event["version"] == "2.0"
    assert event["routeKey"] == "GET /api/things/{thing_id}"
    assert event["rawPath"] == "/api/things/a/b"
    assert event["rawQueryString"] == "q=1&q=2&r=%20x"
    assert event["pathParameters"] == {"thing_id": "a/b"}
    assert event["queryStringParameters"] == {"q": "1,2", "r": " x"}
    assert event["cookies"] == ["one=1", "two=2"]
    assert event["headers"]["x-word"] == "a,b"
    assert "cookie" not in event["headers"]
    context = event["requestContext"]
    assert context["http"]["method"] == "GET"
    assert context["http"]["userAgent"] == "tests"
    assert context["stage"] == "$default"
    assert context["requestId"]
    assert "body" not in event


def test_a_text_body_stays_text_and_others_are_base64(tiny: RunningCloud) -> None:
    kind = {"Content-Type": "application/problem+json; charset=utf-8"}
    event = _event(tiny, "POST", "/api/echo", kind, b'{"a": "\xc3\xa4"}')
    assert (event["body"], event["isBase64Encoded"]) == ('{"a": "ä"}', False)
    event = _event(tiny, "POST", "/api/echo", {"Content-Type": "image/png"}, b"\x89PNG")
    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (b"\x89PNG", True)


def test_a_packed_body_arrives_as_it_was_sent(tiny: RunningCloud) -> None:
    packed = gzip.compress(b"{}")
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    event = _event(tiny, "POST", "/api/things", headers, packed)
    assert base64.b64decode(event["body"]) == packed


def test_a_line_break_in_a_path_is_a_path_like_any_other(tiny: RunningCloud) -> None:
    event = _event(tiny, "GET", "/api/things/a%0Ab")
    assert event["pathParameters"] == {"thing_id": "a\nb"}


def test_the_edge_adds_the_origins_secret_header(tiny: RunningCloud) -> None:
    event = _event(tiny, "GET", "/api/echo", {"X-Origin-Verify": "forged"})
    secrets = tiny.client("secretsmanager")
    secret = secrets.get_secret_value(SecretId="Tiny-Data-Token")["SecretString"]
    assert event["headers"]["x-origin-verify"] == secret
    assert len(secret) == 20


def test_an_answer_may_be_bytes_with_cookies(tiny: RunningCloud) -> None:
    response, content = request(tiny, "GET", "/api/bytes")
    assert (response.status, content) == (201, b"\x00\xff")
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert response.headers["Content-Type"] == "application/x-thing"


def test_an_answer_without_a_status_is_the_body_of_a_200(tiny: RunningCloud) -> None:
    response, content = request(tiny, "GET", "/api/plain")
    assert (response.status, json.loads(content)) == (200, {"hello": "there"})
    assert response.headers["Content-Type"].startswith("application/json")


def test_a_failed_function_is_a_500_without_its_reason(tiny: RunningCloud) -> None:
    response, content = request(tiny, "GET", "/api/broken")
    assert (response.status, json.loads(content)) == (500, {"message": "Internal Server Error"})


def test_a_late_function_is_a_503(tiny: RunningCloud) -> None:
    response, content = request(tiny, "GET", "/api/late")
    assert (response.status, json.loads(content)) == (503, {"message": "Service Unavailable"})


def test_a_route_gives_no_more_than_its_burst(tiny: RunningCloud) -> None:
    statuses = [request(tiny, "GET", "/api/scarce")[0].status for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_a_body_over_ten_megabytes_is_refused(tiny: RunningCloud) -> None:
    response, content = request(tiny, "POST", "/api/echo", {}, b"x" * (10 * 1024 * 1024 + 1))
    assert (response.status, json.loads(content)) == (413, {"message": "Request Entity Too Large"})


@pytest.mark.parametrize(
    "payload",
    [b'{"statusCode": "many"}', b'{"statusCode": 200, "body": {"no": "text"}}', b"not json"],
)
def test_an_answer_that_is_none_is_a_500(payload: bytes) -> None:
    assert to_response(Outcome(payload)).status == 500
