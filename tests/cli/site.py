"""A small stand-in for a Marquee site: keeps parts in memory, checks their MD5, and fails when told to."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PART_SIZE = 1000
# What may be said of a film besides its file.
SAID = ("title", "visibility", "captions", "analysis")


class Site:
    """Uploads and one job; `fail_parts` maps a part number to the statuses of its next tries."""

    def __init__(self) -> None:
        self.content_type = ""
        self.described: dict[str, str] = {}
        self.parts: dict[int, bytes] = {}
        self.puts: Counter[int] = Counter()
        self.fail_parts: dict[int, list[int]] = {}
        self.status = "created"
        self.size = 0
        self.completed: list[dict[str, Any]] | None = None
        self.jobs: list[dict[str, Any]] = [job("completed", 1.0)]
        self.answers: list[int] = []  # statuses of the next API calls that fail
        self.created = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"site": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def part_urls(self, numbers: list[int]) -> list[dict[str, Any]]:
        return [{"part_number": n, "url": f"{self.url}/storage/{n}"} for n in numbers]


def job(status: str, progress: float, error: dict[str, str] | None = None) -> dict[str, Any]:
    task = {"name": "video", "status": "running", "progress": progress}
    playable = status == "completed"
    address = "/media/ast_1/1/main.m3u8" if playable else None
    return {"id": "job_1", "asset_id": "ast_1", "filename": "film.mp4", "status": status, "progress": progress,
            "playable": playable, "playback_url": address, "tasks": [task], "error": error}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    site: Site
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Quiet: the tests look at the site, not at its log."""

    def do_GET(self) -> None:
        if "/uploads/" in self.path:
            received = [{"part_number": n, "etag": _etag(d), "size": len(d)} for n, d in self.site.parts.items()]
            known = {"status": self.site.status, "asset_id": "ast_1", "job_id": "job_1", "part_size": PART_SIZE}
            self.answer(200, {**known, "size": self.site.size, "received_parts": received})
        elif self.path.startswith("/api/v1/jobs/"):
            self.answer(200, self.site.jobs.pop(0) if len(self.site.jobs) > 1 else self.site.jobs[0])
        else:
            self.answer(200, {"items": self.site.jobs})

    def do_POST(self) -> None:
        body = json.loads(self.body())
        if self.site.answers:
            self.answer(self.site.answers.pop(0), {"detail": "Not now.", "code": "temporarily_unavailable"})
        elif self.path == "/api/v1/uploads":
            self.site.size, self.site.created = body["size"], self.site.created + 1
            self.site.content_type = body["content_type"]
            self.site.described = {name: body[name] for name in SAID if name in body}
            ids = {"upload_id": "upl_1", "asset_id": "ast_1", "job_id": "job_1", "part_size": PART_SIZE}
            self.answer(201, {**ids, "parts": self.site.part_urls([1, 2, 3])})
        elif self.path.startswith("/api/v1/jobs/"):
            self.answer(202, {"job_id": "job_1"})
        elif self.path.endswith("/parts"):
            self.answer(200, {"parts": self.site.part_urls(body["part_numbers"])})
        else:
            self.site.completed, self.site.status = body["parts"], "completed"
            self.answer(202, {"job_id": "job_1"})

    def do_PUT(self) -> None:
        number, data = int(self.path.rpartition("/")[2]), self.body()
        self.site.puts[number] += 1
        if self.site.fail_parts.get(number):
            self.answer(self.site.fail_parts[number].pop(0), {})
        elif base64.b64decode(self.headers["content-md5"]) != hashlib.md5(data, usedforsecurity=False).digest():
            self.answer(400, {})
        else:
            self.site.parts[number] = data
            self.answer(200, {}, etag=_etag(data))

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def answer(self, status: int, document: dict[str, Any], etag: str | None = None) -> None:
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        if etag:
            self.send_header("etag", etag)
        self.end_headers()
        self.wfile.write(data)


def _etag(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
