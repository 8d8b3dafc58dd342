"""A small HTTP server with byte ranges that counts what it is asked for; it stands for a store."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Served:
    url: str = ""
    status: int = 200
    location: str | None = None
    bytes_sent: int = 0
    paths: list[str] = field(default_factory=list)


@contextmanager
def serving(path: Path, *, status: int = 200, location: str | None = None) -> Iterator[Served]:
    """Serve `path` under every URL; with `status`, answer that instead."""
    served = Served(status=status, location=location)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            served.paths.append(self.path)
            if served.status != 200:
                self._answer(served.status, b"")
                return
            asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            assert asked is not None, "only ranges are asked for"
            with path.open("rb") as file:
                file.seek(int(asked[1]))
                self._answer(206, file.read(int(asked[2]) - int(asked[1]) + 1))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if served.location:
                self.send_header("Location", served.location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            served.bytes_sent += len(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}/bucket/film"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
