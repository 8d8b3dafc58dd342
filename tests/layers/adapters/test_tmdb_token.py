"""The token's way out of its secret."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from marquee.adapters.tmdb_token import secret_token
from marquee.domain.errors import TransientError


class Store(BaseHTTPRequestHandler):
    """Secrets Manager as far as one question goes: `answer` is status and body of every answer."""

    answer: tuple[int, dict[str, str]] = (200, {})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status, body = type(self).answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def store(aws: pytest.MonkeyPatch) -> Iterator[type[Store]]:
    server = HTTPServer(("127.0.0.1", 0), Store)
    aws.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Store
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.mark.parametrize("token", ["eyJ-a-token", ""])
def test_the_token_is_what_the_secret_holds(store: type[Store], token: str) -> None:
    store.answer = (200, {"SecretString": json.dumps({"token": token})})
    assert secret_token("arn") == token


@pytest.mark.parametrize(
    "answer",
    [
        (200, {"SecretString": "a-bare-token-no-json"}),
        (200, {"SecretString": '{"key": "a-bare-token"}'}),
        (200, {}),
        (400, {"__type": "x#AccessDeniedException", "message": "no"}),
        (500, {}),
    ],
)
def test_what_cannot_be_read_is_an_outage_that_tells_nothing_of_the_secret(
    store: type[Store], answer: tuple[int, dict[str, str]]
) -> None:
    store.answer = answer
    with pytest.raises(TransientError) as raised:
        secret_token("arn")
    assert "bare-token" not in repr(raised.value)
