"""Files that are no film: refused with a code and a sentence, nothing published, nobody called."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest

from benchmarks.service import MarqueeService
from cli.control_plane import LOCAL, ControlPlane
from cli.endpoint import EndpointError, Json
from cli.logs import find, query_for
from tests.e2e.storage import published
from tests.e2e.viewing import play_through
from tests.films import film
from tests.spoiled_films import spoiled

pytestmark = pytest.mark.e2e

KINDS = ["text", "truncated", "playlist", "half_disguised_playlist", "mpd", "svg", "concat", "bomb", "audio_only",
         "thousand_streams"]  # fmt: skip


@pytest.fixture(scope="module")
def nobody() -> Iterator[tuple[str, list[str]]]:
    """A server that nobody may call: its address, and who called all the same."""
    callers: list[str] = []

    class Caller(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            callers.append(str(self.client_address))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Caller) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", callers
        server.shutdown()


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_refused_with_a_sentence(kind: str, service: MarqueeService, nobody: tuple[str, list[str]]) -> None:
    address, callers = nobody
    job = play_through(service.endpoint, spoiled(kind, url=address))
    assert job["status"] == "failed"
    assert job["error"]["code"] not in {"internal_error", ""}
    assert job["error"]["message"].endswith(".")
    assert job["playable"] is False
    assert published(service, job["asset_id"]) == []
    assert callers == []


@pytest.fixture(scope="module")
def damaged(service: MarqueeService) -> Json:
    """The job of a film that a worker finds damaged in the middle."""
    return play_through(service.endpoint, spoiled("bit_flipped"))


def test_damage_in_the_middle_fails_the_job_and_takes_back_what_was_published(
    service: MarqueeService, damaged: Json
) -> None:
    assert damaged["status"] == "failed"
    assert damaged["error"]["code"] == "corrupt_source"
    assert published(service, damaged["asset_id"]) == []


def test_from_a_line_of_the_worker_that_failed_one_query_leads_to_the_upload_behind_it(
    service: MarqueeService, damaged: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARQUEE_ENDPOINT", service.endpoint.site)
    plane = ControlPlane(LOCAL)
    errors = find(plane, query_for(damaged["id"], "ERROR", 100), since_seconds=3600)
    failing = next(line for line in errors if line["service"] == "encode")
    found = find(plane, query_for(failing["upload_id"], None, 1000), since_seconds=3600)

    (upload,) = [line for line in found if '"POST"' in line["@message"] and '"/api/v1/uploads"' in line["@message"]]
    assert upload["service"] == "uploads"
    # the call and the worker, and what is between them, name the same request and the same trace
    for key in ("request_id", "trace_id", "job_id", "asset_id"):
        assert upload[key] == failing[key]
    assert {"ingest", "probe", "plan", "encode", "fail"} <= {line["service"] for line in found}
    assert [line["@timestamp"] for line in found] == sorted(line["@timestamp"] for line in found)


def test_an_empty_file_is_refused_at_once(service: MarqueeService) -> None:
    with pytest.raises(EndpointError) as raised:
        play_through(service.endpoint, spoiled("empty"))
    assert raised.value.code == "empty_file"


def test_the_next_film_works(service: MarqueeService) -> None:
    assert play_through(service.endpoint, film("two_seconds"))["status"] == "completed"
