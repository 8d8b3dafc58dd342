"""`ask_tmdb` through its real entry, and the transport that calls it, over one small server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest
from ask_tmdb.handler import lambda_handler
from ask_tmdb.settings import Settings
from ask_tmdb.wiring import wiring
from marquee.adapters.tmdb_errands import FunctionTransport
from marquee.adapters.tmdb_transport import NoAnswer
from marquee.domain.errors import PermanentError

from tests.platform import CONTEXT
from tests.receivers import Receiver, receiver


def tmdb(request: BaseHTTPRequestHandler) -> None:
    """A film, or 429 for who comes too often."""
    busy = request.path.startswith("/3/busy")
    body = b'{"id": 603}'
    request.send_response(429 if busy else 200)
    if busy:
        request.send_header("Retry-After", "2")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


@contextmanager
def asking(there: Receiver) -> Iterator[None]:
    before = dict(vars(wiring))
    known = {"ENVIRONMENT": "dev", "POWERTOOLS_SERVICE_NAME": "ask_tmdb"}
    vars(wiring).pop("run_errand", None)
    vars(wiring)["settings"] = Settings.read({**known, "TMDB_URL": f"http://127.0.0.1:{there.port}/3"})
    try:
        yield
    finally:
        vars(wiring).clear()
        vars(wiring).update(before)


def errand(there: Receiver, path: str) -> dict[str, object]:
    url = f"http://127.0.0.1:{there.port}{path}"
    return {"url": url, "headers": {"Authorization": "Bearer t"}, "seconds": 2.0}


def test_tmdb_is_asked_with_what_the_caller_says() -> None:
    with receiver(tmdb) as there, asking(there):
        answered = lambda_handler(errand(there, "/3/movie/603?language=pl"), CONTEXT)
    (came,) = there.came
    assert (came.path, came.headers["authorization"]) == ("/3/movie/603?language=pl", "Bearer t")
    assert (answered["status"], answered["retry_after"]) == (200, None)


@pytest.mark.parametrize("path", ["/4/account", "/3x/movie", "/3/../admin", "/"])
def test_nothing_else_is_asked(path: str) -> None:
    with receiver(tmdb) as there, asking(there), pytest.raises(PermanentError):
        lambda_handler(errand(there, path), CONTEXT)
    assert there.connections == 0


def test_a_server_that_is_away_is_no_answer() -> None:
    with receiver(tmdb) as there, asking(there):
        gone = errand(there, "/3/movie/603")
    with asking(there):
        assert lambda_handler(gone, CONTEXT)["status"] == 0


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Lambda's endpoint in front of the handler, and TMDB behind it."""
    with receiver(tmdb) as there, asking(there):

        def invoke(request: BaseHTTPRequestHandler) -> None:
            event = json.loads(lambda_endpoint.came[-1].body)
            try:
                answer, failed = json.dumps(lambda_handler(event, CONTEXT)).encode(), False
            except PermanentError:
                answer, failed = b"{}", True
            request.send_response(200)
            if failed:
                request.send_header("X-Amz-Function-Error", "Unhandled")
            request.send_header("Content-Length", str(len(answer)))
            request.end_headers()
            request.wfile.write(answer)

        with receiver(invoke) as lambda_endpoint:
            for name, value in {
                "AWS_REGION": "eu-central-1",
                "AWS_ACCESS_KEY_ID": "AKLOCAL",
                "AWS_SECRET_ACCESS_KEY": "secret",
                "AWS_ENDPOINT_URL_LAMBDA": f"http://127.0.0.1:{lambda_endpoint.port}",
            }.items():
                monkeypatch.setenv(name, value)
            yield there


def test_who_cannot_go_out_gets_the_answer_all_the_same(function: Receiver) -> None:
    transport = FunctionTransport("ask-tmdb")
    url = f"http://127.0.0.1:{function.port}/3"
    film = transport.get(f"{url}/movie/603", headers={}, timeout_seconds=2.0)
    busy = transport.get(f"{url}/busy", headers={}, timeout_seconds=2.0)
    assert (film.status, film.body) == (200, b'{"id": 603}')
    assert (busy.status, busy.retry_after) == (429, "2")


def test_an_errand_that_is_refused_is_no_answer(function: Receiver) -> None:
    with pytest.raises(NoAnswer):
        FunctionTransport("ask-tmdb").get(f"http://127.0.0.1:{function.port}/4", headers={}, timeout_seconds=2.0)
