"""Subsegments, as Lambda's daemon receives them."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from marquee.domain.errors import TransientError
from marquee.domain.pipeline import JobPointer
from marquee.entry.http import Api
from marquee.entry.steps import step
from marquee.entry.xray import subsegment

from tests.platform import http_event

ROOT, PARENT = "1-67890abc-0123456789abcdef01234567", "53995c3f42cd8ad8"


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{listener.getsockname()[1]}")
        monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={ROOT};Parent={PARENT};Sampled=1;Lineage=1:a:0")
        yield listener


def received(daemon: socket.socket) -> dict[str, object]:
    head, _, body = daemon.recv(65_536).partition(b"\n")
    assert json.loads(head) == {"format": "json", "version": 1}
    found: dict[str, object] = json.loads(body)
    return found


def silent(daemon: socket.socket) -> bool:
    daemon.setblocking(False)
    try:
        daemon.recv(65_536)
    except BlockingIOError:
        return True
    return False


def test_a_subsegment_belongs_to_the_invocation_s_trace(daemon: socket.socket) -> None:
    with subsegment("encode «head»", {"job_id": "job_1", "asset_id": "", "index": 0}):
        pass
    found = received(daemon)
    assert (found["trace_id"], found["parent_id"], found["type"]) == (ROOT, PARENT, "subsegment")
    assert (found["name"], found["annotations"]) == ("encode _head_", {"job_id": "job_1", "index": 0})
    assert found["fault"] is False
    assert len(str(found["id"])) == 16


def test_a_step_s_subsegment_says_which_job_it_was_and_that_it_failed(daemon: socket.socket) -> None:
    @step(JobPointer)
    def handler(_: JobPointer) -> None:
        raise TransientError("away")

    cause = {"upload_id": "upl_1", "request_id": "r1", "trace": ""}
    with pytest.raises(TransientError):
        handler({"job_id": "job_1", "media_bucket": "media", "caused_by": cause}, SimpleNamespace())
    found = received(daemon)
    assert found["fault"] is True
    assert found["annotations"] == {"job_id": "job_1", "upload_id": "upl_1", "request_id": "r1"}


def test_a_request_s_subsegment_says_how_it_was_answered(daemon: socket.socket) -> None:
    Api().handle(http_event("GET", "/api/v1/nothing"), SimpleNamespace(aws_request_id="r"))
    annotations = received(daemon)["annotations"]
    assert isinstance(annotations, dict)
    assert annotations["status"] == 404


@pytest.mark.parametrize("header", ["", f"Root={ROOT};Parent={PARENT};Sampled=0", "Sampled=1"])
def test_what_is_not_sampled_or_belongs_to_no_trace_is_not_sent(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
    with subsegment("x", {}):
        pass
    assert silent(daemon)


@pytest.mark.parametrize("address", ["", "nowhere", "127.0.0.1:none"])
def test_a_daemon_that_is_not_there_fails_nothing(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={ROOT};Parent={PARENT};Sampled=1")
    with subsegment("x", {}) as found:
        pass
    assert not found.fault
