"""Where a process's credentials come from."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from marquee.adapters.credentials import CONTAINER_PATH, ProcessCredentials
from marquee.adapters.sigv4 import Credentials
from marquee.domain.errors import TransientError

TASK = {CONTAINER_PATH: "/v2/credentials/x"}


class Ecs(HTTPServer):
    """ECS' address for a task's credentials, each set numbered."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.life = 0, timedelta(hours=6)


class Handler(BaseHTTPRequestHandler):
    server: Ecs

    def do_GET(self) -> None:
        self.server.asked += 1
        expiration = f"{datetime.now(UTC) + self.server.life:%Y-%m-%dT%H:%M:%SZ}"
        number = str(self.server.asked)
        body = {"AccessKeyId": number, "SecretAccessKey": "s", "Token": "t", "Expiration": expiration}
        self.send_response(200 if self.path == TASK[CONTAINER_PATH] else 404)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def ecs() -> Iterator[Ecs]:
    server = Ecs()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_function_has_them_in_its_environment() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}
    assert ProcessCredentials(environment)() == Credentials("a", "s", "t")


def test_a_task_asks_once_for_credentials_that_live_long(ecs: Ecs) -> None:
    read = ProcessCredentials(TASK, f"http://127.0.0.1:{ecs.server_port}")
    assert [read().access_key, read().access_key] == ["1", "1"]


def test_a_task_asks_again_before_they_end(ecs: Ecs) -> None:
    ecs.life = timedelta(minutes=4)
    read = ProcessCredentials(TASK, f"http://127.0.0.1:{ecs.server_port}")
    assert [read().access_key, read().access_key] == ["1", "2"]


def test_a_task_whose_credentials_are_away_may_try_again(free_port: int) -> None:
    with pytest.raises(TransientError):
        ProcessCredentials(TASK, f"http://127.0.0.1:{free_port}")()


def test_a_process_without_any_is_told_so() -> None:
    with pytest.raises(RuntimeError, match="no credentials"):
        ProcessCredentials({})()
