"""An answer that CloudFormation did not get is no answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from marquee.entry.custom_resource import put_answer


class Address(HTTPServer):
    """Answers every request with `status`, and keeps what was put."""

    status = 200
    taken: bytes = b""
    content_type: str | None = None


class _Put(BaseHTTPRequestHandler):
    server: Address

    def do_PUT(self) -> None:
        self.server.taken = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.content_type = self.headers["Content-Type"]
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def address() -> Iterator[Address]:
    with Address(("127.0.0.1", 0), _Put) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_answer_is_put_without_a_type_as_its_address_was_signed(address: Address) -> None:
    put_answer(f"http://127.0.0.1:{address.server_port}/", b"{}")
    assert (address.taken, address.content_type) == (b"{}", "")


def test_an_answer_that_is_refused_is_an_error_of_the_function(address: Address) -> None:
    address.status = 403
    with pytest.raises(OSError, match="403"):
        put_answer(f"http://127.0.0.1:{address.server_port}/", b"{}")
