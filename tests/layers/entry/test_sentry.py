"""Errors on their way to Sentry."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

import pytest
from marquee.domain.errors import InvalidMedia
from marquee.entry.logs import begin_invocation, configured_logger
from marquee.entry.sentry import MOST_A_MINUTE, REST_SECONDS, SentryHandler, address_of

from tests.layers.entry.written import written as written
from tests.receivers import receiver

DSN = "https://abc123@sentry.example/prefix/42"


class Sentry:
    """Takes envelopes; `status` is what it answers, None: nothing."""

    def __init__(self) -> None:
        self.status: int | None = 200
        self.came: list[bytes] = []
        self.now = 0.0

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.came.append(body)
        if self.status is None:
            raise OSError("away")
        return self.status

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body.splitlines()[2]) for body in self.came]


@pytest.fixture
def sentry() -> Sentry:
    return Sentry()


@pytest.fixture
def logger(sentry: Sentry) -> Iterator[logging.Logger]:
    logger = logging.getLogger("tests.sentry")
    logger.propagate = False
    keys = {"job_id": "job_1", "index": 0, "path": "/secret"}
    handler = SentryHandler(DSN, "encode", lambda: keys, send=sentry, monotonic=lambda: sentry.now)
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)


def test_an_address_says_where_and_with_which_key() -> None:
    url, headers = address_of(DSN)
    assert url == "https://sentry.example/prefix/api/42/envelope/"
    assert "sentry_key=abc123" in headers["X-Sentry-Auth"]
    assert address_of("http://k@127.0.0.1:9000/1")[0] == "http://127.0.0.1:9000/api/1/envelope/"


@pytest.mark.parametrize("odd", ["", "https://sentry.example/42", "ftp://k@h/1", "https://k@h/"])
def test_an_address_that_is_none_is_refused(odd: str) -> None:
    with pytest.raises(ValueError, match="SENTRY_DSN"):
        address_of(odd)


def test_an_error_goes_with_its_stack_its_cause_and_the_ids_of_its_work(logger: logging.Logger, sentry: Sentry) -> None:
    try:
        try:
            raise OSError("disk")
        except OSError as error:
            raise RuntimeError("order") from error
    except RuntimeError:
        logger.exception("order %s", "failed")
    (event,) = sentry.events
    assert [each["type"] for each in event["exception"]["values"]] == ["OSError", "RuntimeError"]
    assert event["exception"]["values"][1]["stacktrace"]["frames"][-1]["function"].startswith("test_an_error")
    assert event["logentry"] == {"formatted": "order failed"}
    assert event["tags"] == {"service": "encode", "job_id": "job_1", "index": "0"}
    head, item, body, _ = sentry.came[0].split(b"\n")
    assert json.loads(head)["event_id"] == event["event_id"]
    assert json.loads(item) == {"type": "event", "length": len(body)}


def test_what_is_no_error_of_ours_is_not_sent(logger: logging.Logger, sentry: Sentry) -> None:
    logger.warning("odd")
    try:
        raise InvalidMedia("This is no film.")
    except InvalidMedia:
        logger.exception("order failed")
    assert sentry.came == []


@pytest.mark.parametrize("status", [429, 503, None])
def test_a_sentry_that_is_sick_is_left_alone_for_a_while(
    logger: logging.Logger, sentry: Sentry, status: int | None
) -> None:
    sentry.status = status
    for _ in range(3):
        logger.error("x")
    assert len(sentry.came) == 1
    sentry.now += REST_SECONDS
    logger.error("x")
    assert len(sentry.came) == 2


def test_a_storm_of_errors_is_told_in_part(logger: logging.Logger, sentry: Sentry) -> None:
    for _ in range(3 * MOST_A_MINUTE):
        logger.error("x")
    assert len(sentry.came) == MOST_A_MINUTE


def test_a_process_with_an_address_sends_what_it_logs_over_http(
    monkeypatch: pytest.MonkeyPatch, written: StringIO
) -> None:
    configured_logger.cache_clear()
    with receiver() as server:
        monkeypatch.setenv("SENTRY_DSN", f"http://key@127.0.0.1:{server.port}/7")
        try:
            begin_invocation(None, job_id="job_1")
            logging.getLogger("marquee.ingest").error("lost")
        finally:
            configured_logger.cache_clear()
            monkeypatch.delenv("SENTRY_DSN")
            for name in ("marquee", configured_logger().service):
                found = logging.getLogger(name)
                found.handlers = [each for each in found.handlers if not isinstance(each, SentryHandler)]
    (came,) = server.came
    assert came.path == "/api/7/envelope/"
    assert json.loads(came.body.splitlines()[2])["tags"]["job_id"] == "job_1"


def test_a_wrong_address_is_said_once_and_stops_nothing(monkeypatch: pytest.MonkeyPatch, written: StringIO) -> None:
    configured_logger.cache_clear()
    monkeypatch.setenv("SENTRY_DSN", "nonsense")
    try:
        begin_invocation(None).error("lost")
    finally:
        configured_logger.cache_clear()
    assert "SENTRY_DSN is not of the form" in written.getvalue()
    assert "lost" in written.getvalue()
