"""Lambda's side of a container image: gives one event, takes the answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

INVOCATION = "/2018-06-01/runtime/invocation"


class RuntimeApi(ThreadingHTTPServer):
    """`answered` has what the runtime posted, by the last word of where it did: `response` or `error`."""

    def __init__(self, event: Mapping[str, object]) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.events = [json.dumps(event).encode()]
        self.answered: dict[str, Any] = {}

    @property
    def variables(self) -> Mapping[str, str]:
        """What Lambda puts into the process."""
        return {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": "proof",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "3008",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/proof",
            "AWS_LAMBDA_LOG_STREAM_NAME": "proof",
        }


class _Call(BaseHTTPRequestHandler):
    server: RuntimeApi

    def do_GET(self) -> None:
        # after its one event there is nothing more to wait for: the runtime ends
        event = self.server.events.pop() if self.server.events else None
        self.send_response(200 if event else 410)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "proof-1")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:proof")
        self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
        self.send_header("Lambda-Runtime-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(event or b"")))
        self.end_headers()
        self.wfile.write(event or b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.answered[self.path.rsplit("/", 1)[-1]] = json.loads(body)
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """The proof says itself what went wrong."""


@contextmanager
def runtime_api(event: Mapping[str, object]) -> Iterator[RuntimeApi]:
    with RuntimeApi(event) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
