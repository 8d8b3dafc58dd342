"""`marquee tracks` against a site that keeps what it is sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app

TRACK = {
    "id": "ten-subtitles", "kind": "subtitles", "language": "en", "label": "English", "source": "sidecar",
    "draft": False, "default": False, "sdh": False, "version": 1, "cue_count": 1, "notes": ["1 cues were cut."],
    "cues": [{"start_seconds": 1.0, "end_seconds": 3662.5, "text": "a < b"}],
}  # fmt: skip
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nGrüße\n"


class TrackSite:
    """Remembers every call; refuses with `refusal` when there is one."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.refusal: tuple[int, str] | None = None
        handler = type("Bound", (_Handler,), {"site": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    site: TrackSite
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.site.calls.append((self.command, self.path, json.loads(sent) if sent else None))
        status, body = 200, {**TRACK, "items": [TRACK]}
        if self.site.refusal is not None:
            status, code = self.site.refusal
            body = {"code": code, "detail": "No."}
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrackSite]:
    monkeypatch.setenv("MARQUEE_CLI_STATE", str(tmp_path / "state"))
    site = TrackSite()
    yield site
    site.close()


def run(site: TrackSite, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["tracks", *words, "--endpoint", site.url])
    return result.exit_code, result.output


def test_a_film_s_tracks_are_listed(site: TrackSite) -> None:
    code, shown = run(site, "list", "ast_1", "--json")

    assert (code, json.loads(shown)[0]["id"]) == (0, "ten-subtitles")
    assert site.calls == [("GET", "/api/v1/assets/ast_1/tracks", None)]
    assert "English" in run(site, "list", "ast_1")[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_in_any_usual_encoding_is_brought_as_text(site: TrackSite, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "film.vtt"
    file.write_bytes(VTT.encode(encoding))
    code, shown = run(site, "add", "ast_1", str(file), "-l", "de", "--sdh", "--captions", "--label", "Für alle")

    ((method, path, body),) = site.calls
    assert (code, method, path) == (0, "POST", "/api/v1/assets/ast_1/tracks")
    assert body == {
        "text": VTT, "language": "de", "kind": "captions", "sdh": True, "forced": False, "default": False,
        "label": "Für alle",
    }  # fmt: skip
    assert "1 cues were cut." in shown


def test_a_track_is_shown_as_a_file_that_can_be_edited_and_brought_back(site: TrackSite, tmp_path: Path) -> None:
    code, shown = run(site, "show", "ast_1", "ten-subtitles", "--version", "1")
    assert (code, shown) == (0, "WEBVTT\n\n00:00:01.000 --> 01:01:02.500\na &lt; b\n")
    file = tmp_path / "edited.vtt"
    file.write_text(shown)

    assert run(site, "edit", "ast_1", "ten-subtitles", str(file))[0] == 0
    assert [call[:2] for call in site.calls] == [
        ("GET", "/api/v1/assets/ast_1/tracks/ten-subtitles?version=1"),
        ("PUT", "/api/v1/assets/ast_1/tracks/ten-subtitles"),
    ]
    assert site.calls[1][2] == {"text": shown}


def test_a_track_is_removed(site: TrackSite) -> None:
    assert run(site, "remove", "ast_1", "ten-subtitles", "--json") == (0, '{"removed": "ten-subtitles"}\n')
    assert site.calls == [("DELETE", "/api/v1/assets/ast_1/tracks/ten-subtitles", None)]


def test_a_refusal_is_told_with_its_code_and_ends_with_one(site: TrackSite, tmp_path: Path) -> None:
    site.refusal = (422, "broken_cues")
    file = tmp_path / "film.vtt"
    file.write_text(VTT)
    code, shown = run(site, "add", "ast_1", str(file), "-l", "de", "--json")

    assert (code, json.loads(shown)["error"]["code"]) == (1, "broken_cues")


def test_what_is_said_in_a_film_is_sent_as_it_is_written(site: TrackSite, tmp_path: Path) -> None:
    file = tmp_path / "said.txt"
    file.write_text("To be, or not to be.")

    assert run(site, "transcript", "ast_1", str(file))[0] == 0
    assert site.calls == [("PUT", "/api/v1/assets/ast_1/transcript", {"text": "To be, or not to be."})]
