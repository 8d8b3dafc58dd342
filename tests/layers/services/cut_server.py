"""A small HTTP server with byte ranges that can break off every answer at some place of the file."""

from __future__ import annotations

import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@contextmanager
def serving(path: Path, *, cut_after: int | None = None, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address of `path`. Bytes from `cut_after` on are refused: the store has trouble there."""
    content = path.read_bytes()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "bytes=0-"))
            assert asked is not None
            start, end = int(asked[1]), min(int(asked[2] or len(content) - 1), len(content) - 1)
            if cut_after is not None and start >= cut_after:
                self.send_error(403)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{end}/{len(content)}")
            self.send_header("Content-Length", str(end + 1 - start))
            self.end_headers()
            self._send(content[start : min(end + 1, cut_after or len(content))])
            self.close_connection = cut_after is not None

        def _send(self, body: bytes) -> None:
            try:
                self.wfile.write(body)
            except OSError:  # the reader has what it wants
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_port}/bucket/film"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
