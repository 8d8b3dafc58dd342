"""What every answer of the API has, whatever its route."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response
from marquee.domain.errors import Outdated
from marquee.domain.trace import current_trace
from marquee.entry.http import Api
from pydantic import BaseModel

from tests.fakes_metrics import MemoryMetrics
from tests.platform import CONTEXT, http_event

TRACE_ID, SPAN_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Note(BaseModel):
    """What the routes below answer."""

    text: str


class Wiring:
    """Only what the entry asks of it."""

    metrics = MemoryMetrics()


api = Api(Wiring())


@api.get("/api/v1/notes/<length>")
def show_note(length: int) -> Response[Note]:
    return api.ok(Note(text="n" * length))


@api.get("/api/v1/versioned")
def show_versioned() -> Response[Note]:
    return api.ok(Note(text="v" * 2000), tag="7")


@api.patch("/api/v1/versioned")
def change_versioned() -> Response[Note]:
    if api.if_match not in {None, "7"}:
        raise Outdated("It has changed since.")
    return api.ok(Note(text="changed"))


@api.get("/api/v1/traced")
def show_trace() -> Response[Note]:
    trace = current_trace.get()
    return api.ok(Note(text=trace.header() if trace else ""))


@api.get("/api/v1/broken")
def break_down() -> Response[Note]:
    raise RuntimeError("secret of ours")


def ask(path: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.handle(http_event(method, f"/api/v1/{path}", None, named), CONTEXT)


def test_what_is_read_has_a_tag_and_is_not_sent_again_to_who_has_it() -> None:
    first = ask("notes/5")
    again = ask("notes/5", if_none_match=f'"other", {first["headers"]["etag"]}')
    changed = ask("notes/6", if_none_match=first["headers"]["etag"])

    assert (first["statusCode"], first["headers"]["cache-control"]) == (200, "private, no-cache")
    assert (again["statusCode"], again["body"]) == (304, "")
    assert again["headers"]["etag"] == first["headers"]["etag"]
    assert "content-type" not in again["headers"]
    assert changed["statusCode"] == 200


def test_changing_an_older_version_is_refused() -> None:
    tag = ask("versioned")["headers"]["etag"]
    packed_tag = ask("versioned", accept_encoding="gzip")["headers"]["etag"]
    statuses = [ask("versioned", "PATCH", if_match=sent)["statusCode"] for sent in (tag, packed_tag, "*", '"6"')]

    assert (tag, packed_tag) == ('"7"', '"7-gzip"')
    assert statuses == [200, 200, 200, 412]


def test_long_answers_are_compressed_for_those_who_take_it() -> None:
    packed = ask("notes/2000", accept_encoding="br, gzip;q=0.8")
    plain = ask("notes/2000")
    body = json.loads(gzip.decompress(base64.b64decode(packed["body"])))

    assert (packed["isBase64Encoded"], packed["headers"]["content-encoding"]) == (True, "gzip")
    assert body == json.loads(plain["body"])
    assert packed["headers"]["vary"] == plain["headers"]["vary"] == "Accept-Encoding"
    assert len(base64.b64decode(packed["body"])) < 200


def test_who_has_the_packed_form_already_gets_nothing_under_the_same_tag() -> None:
    tag = ask("versioned", accept_encoding="gzip")["headers"]["etag"]
    again = ask("versioned", accept_encoding="gzip", if_none_match=tag)

    assert (again["statusCode"], again["body"], again["headers"]["etag"]) == (304, "", tag)
    assert "content-encoding" not in again["headers"]
    assert not again["isBase64Encoded"]


@pytest.mark.parametrize(("length", "accepted"), [(5, "gzip"), (2000, "gzip;q=0"), (2000, "br"), (2000, "*;q=0.0")])
def test_short_answers_and_those_of_others_stay_as_they_are(length: int, accepted: str) -> None:
    assert "content-encoding" not in ask(f"notes/{length}", accept_encoding=accepted)["headers"]


@pytest.mark.parametrize("path", ["notes/5", "notes/abc", "nothing", "broken"])
def test_a_caller_s_request_id_comes_back_on_every_answer(path: str) -> None:
    answer = ask(path, x_request_id="mine-1")

    assert answer["headers"]["x-request-id"] == "mine-1"
    if answer["statusCode"] != 200:
        assert json.loads(answer["body"])["request_id"] == "mine-1"


@pytest.mark.parametrize("sent", ["", "with space", "x" * 129, "line\nbreak", "<script>"])
def test_a_request_id_that_is_not_fit_is_replaced(sent: str) -> None:
    assert ask("notes/5", x_request_id=sent)["headers"]["x-request-id"].startswith("req-")


@pytest.mark.parametrize(("flags", "sampled"), [("01", 1), ("00", 0), ("03", 1)])
def test_a_caller_s_trace_goes_on_to_what_is_begun_for_it(flags: str, sampled: int) -> None:
    answer = ask("traced", traceparent=f"00-{TRACE_ID}-{SPAN_ID}-{flags}")

    assert json.loads(answer["body"])["text"] == (
        f"Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent={SPAN_ID};Sampled={sampled}"
    )


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "garbage",
        f"ff-{TRACE_ID}-{SPAN_ID}-01",
        f"00-{'0' * 32}-{SPAN_ID}-01",
        f"00-{TRACE_ID}-{'0' * 16}-01",
        f"00-{TRACE_ID.upper()}-{SPAN_ID}-01",
        f"00-{TRACE_ID}-{SPAN_ID}-01-more",
    ],
)
def test_a_broken_trace_is_no_trace(sent: str) -> None:
    assert json.loads(ask("traced", traceparent=sent)["body"])["text"] == ""


def test_head_is_the_answer_without_its_body() -> None:
    head, get = ask("notes/5", "HEAD"), ask("notes/5")

    assert (head["statusCode"], head["body"]) == (200, "")
    assert head["headers"] == {**get["headers"], "x-request-id": head["headers"]["x-request-id"]}
    assert ask("nothing", "HEAD")["statusCode"] == 404


def test_options_says_what_an_address_takes() -> None:
    answer = ask("versioned", "OPTIONS")

    assert (answer["statusCode"], answer["headers"]["allow"]) == (204, "GET, HEAD, OPTIONS, PATCH")
    assert ask("nothing", "OPTIONS")["statusCode"] == 404


@pytest.mark.parametrize("path", ["notes/5", "nothing", "broken"])
def test_no_answer_can_be_run_or_framed(path: str) -> None:
    headers = ask(path)["headers"]

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_what_breaks_inside_is_not_told() -> None:
    answer = ask("broken")

    assert answer["statusCode"] == 500
    assert "secret of ours" not in answer["body"]
    assert json.loads(answer["body"])["type"] == "/api/v1/docs#internal_error"


def test_requests_are_counted_by_the_route_that_took_them() -> None:
    Wiring.metrics.kept.clear()
    event = http_event("GET", "/api/v1/notes/5")
    event["routeKey"] = "GET /api/v1/notes/{length}"
    for _ in range(2):
        api.handle(event, CONTEXT)
    ask("nothing", "BREW")

    counted = {name: value for name, value in Wiring.metrics.read().items() if "_total" in name}
    assert counted == {
        'http_requests_total{method="GET",route="/api/v1/notes/{length}",status="200"}': 2,
        'http_requests_total{method="(other)",route="(none)",status="404"}': 1,
    }


class BrokenWiring:
    """A process whose counters cannot even be built."""

    @property
    def metrics(self) -> MemoryMetrics:
        raise KeyError("VALKEY_ENDPOINT")


def test_a_request_that_cannot_be_counted_is_answered() -> None:
    uncounted = Api(BrokenWiring())

    assert uncounted.handle(http_event("GET", "/api/v1/x"), CONTEXT)["statusCode"] == 404
