"""A film's way as a receiver of webhooks sees it, also when everything is killed while a message is on its way."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from standardwebhooks import Webhook

from benchmarks.people import new_token
from benchmarks.service import MarqueeService
from cli.transfer import Uploader
from tests.films import film
from tests.receivers import Receiver, receiver

pytestmark = pytest.mark.e2e

FILM = ["asset.playable", "asset.ready", "upload.completed"]


@dataclass
class Administrator:
    """Calls of the routes of webhooks."""

    service: MarqueeService
    token: str = field(default="")

    def __post_init__(self) -> None:
        self.token = new_token(self.service, "admin")

    def ask(self, method: str, path: str, body: object = None) -> Any:
        url = self.service.endpoint.url(f"/api/v1{path}")
        assert url is not None
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        with urllib.request.urlopen(urllib.request.Request(url, content, headers, method=method), timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def until_ended(self, job_id: str) -> None:
        """A film is ready before its captions are: until then nobody can delete it."""
        deadline = time.monotonic() + 90
        while self.ask("GET", f"/jobs/{job_id}")["status"] == "running" and time.monotonic() < deadline:
            time.sleep(0.2)


def come(there: Receiver, seen: Callable[[list[str]], bool], *, seconds: float = 90) -> list[str]:
    """The types that have come, sorted, once `seen` is content with them."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        types = sorted(json.loads(came.body)["type"] for came in there.came)
        if seen(types):
            return types
        time.sleep(0.05)
    raise AssertionError(f"only {types} came")


def test_a_receiver_is_told_of_a_film_from_its_arrival_to_its_end(service: MarqueeService) -> None:
    admin = Administrator(service)
    with receiver() as there:
        made = admin.ask("POST", "/webhooks", {"url": there.url})
        try:
            transfer = Uploader(service.endpoint).send(film("tiny", seconds=4.0))
            assert come(there, lambda types: len(types) >= 3) == FILM
            admin.until_ended(transfer.job_id)
            admin.ask("DELETE", f"/assets/{transfer.asset_id}")
            assert come(there, lambda types: len(types) >= 4) == ["asset.deleted", *FILM]
            log = admin.ask("GET", f"/webhooks/{made['id']}/deliveries")["items"]
        finally:
            admin.ask("DELETE", f"/webhooks/{made['id']}")
    for came in there.came:
        Webhook(made["secret"]).verify(came.body, came.headers)
        assert json.loads(came.body)["data"]["asset_id"] == transfer.asset_id
    assert [item["status"] for item in log] == ["delivered"] * 4


def test_a_message_that_was_refused_is_delivered_after_everything_was_killed(service: MarqueeService) -> None:
    refused: list[str] = []

    def refuse_ready_once(request: BaseHTTPRequestHandler) -> None:
        ready = json.loads(there.came[-1].body)["type"] == "asset.ready"
        status = 503 if ready and not refused else 204
        if status == 503:
            refused.append("asset.ready")
        request.send_response(status)
        request.end_headers()

    admin = Administrator(service)
    with receiver(refuse_ready_once) as there:
        made = admin.ask("POST", "/webhooks", {"url": there.url, "event_types": ["asset.ready"]})
        try:
            Uploader(service.endpoint).send(film("tiny", seconds=4.0))
            come(there, lambda types: types == ["asset.ready"])
            service.kill()
            service.start()
            come(there, lambda types: types.count("asset.ready") >= 2, seconds=200)
        finally:
            log = admin.ask("GET", f"/webhooks/{made['id']}/deliveries")["items"]
            admin.ask("DELETE", f"/webhooks/{made['id']}")
    (delivery,) = log
    assert delivery["attempts"][0]["outcome"] in {"refused", "interrupted"}  # killed before it was written, or after
    assert len({came.headers["webhook-id"] for came in there.came}) == 1
