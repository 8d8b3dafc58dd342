"""A site that answers `GET /operations` with one picture."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

OPERATIONS: dict[str, Any] = {
    "at": "2026-11-21T20:15:00Z",
    "jobs": [
        {
            "id": "job_1", "asset_id": "ast_1", "filename": "film.mp4", "attempt": 1, "progress": 0.4,
            "playable": True, "created_at": "2026-11-21T20:14:00Z", "updated_at": "2026-11-21T20:15:00Z",
            "tasks": [
                {"name": "probe", "status": "completed", "progress": 1.0, "started_at": None, "parts": []},
                {
                    "name": "video", "status": "running", "progress": 0.4, "started_at": "2026-11-21T20:14:02Z",
                    "parts": [
                        {"index": 0, "state": "done", "progress": 1.0, "share": 0.25},
                        {"index": 1, "state": "running", "progress": 0.5, "share": 0.25},
                        {"index": 2, "state": "waiting", "progress": 0.0, "share": 0.25},
                        {"index": 3, "state": "waiting", "progress": 0.0, "share": 0.25},
                    ],
                },
            ],
        }
    ],
    "pending": 0,
    "failed": [
        {
            "id": "job_0", "filename": "notes.txt", "error": {"code": "invalid_media", "message": "No film."},
            "finished_at": "2026-11-21T20:00:00Z",
        }
    ],
    "queues": [
        {"name": "ingest", "waiting": 2, "in_flight": 1, "delayed": 0},
        {"name": "ingest dead letters", "waiting": 1, "in_flight": 0, "delayed": 0},
    ],
    "functions": [{"name": "movies", "runs": 10, "failures": 0, "seconds": 1.0}],
    "breakers": [{"name": "tmdb", "phase": "half_open"}],
    "away": [],
}  # fmt: skip


class OperationsSite:
    """Refuses with `refusal` (status and code) when there is one."""

    def __init__(self, refusal: tuple[int, str] | None = None) -> None:
        status = 200 if refusal is None else refusal[0]
        wrong = [{"location": "query.limit", "message": "Too many."}]
        body = OPERATIONS if refusal is None else {"detail": "Not for you.", "code": refusal[1], "errors": wrong}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = self.path == "/api/v1/operations"
                content = json.dumps(body if found else {"detail": "No.", "code": "not_found"}).encode()
                self.send_response(status if found else 404)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Quiet: the tests look at what is drawn."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
