"""What a smoke test takes for a film that plays."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cli.endpoint import Endpoint, EndpointError
from cli.viewer import Viewer

JOB = {"id": "job_1", "asset_id": "ast_1"}
MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",URI="a1/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
v360/index.m3u8
"""
TRACK = """#EXTM3U
#EXT-X-MAP:URI="init.mp4"
#EXTINF:1.00000,
0.m4s
#EXTINF:1.00000,
1.m4s
#EXT-X-ENDLIST
"""
WHOLE = {
    "/media/main.m3u8": MASTER,
    **{f"/media/{folder}/index.m3u8": TRACK for folder in ("v360", "a1")},
    **{f"/media/{folder}/init.mp4": "....ftypcmfc" for folder in ("v360", "a1")},
    **{f"/media/{folder}/0.m4s": "....stypcmfs....moof" for folder in ("v360", "a1")},
}


class Films(BaseHTTPRequestHandler):
    """Files for who has the session's cookie."""

    files: dict[str, str]

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_POST(self) -> None:
        self._answer(200, '{"playback_url": "/media/main.m3u8", "cookies": {"right": "yes"}}')

    def do_GET(self) -> None:
        opened = self.headers.get("cookie") == "right=yes"
        body = self.files.get(self.path) if opened else None
        self._answer(404 if body is None else 200, body or "")

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture
def files() -> dict[str, str]:
    return dict(WHOLE)


@pytest.fixture
def site(files: dict[str, str]) -> Iterator[Endpoint]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Films,), {"files": files}))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield Endpoint(f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    server.server_close()


def test_a_film_plays_whose_renditions_and_sound_are_whole(site: Endpoint) -> None:
    Viewer(site).play(JOB, 2)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/media/main.m3u8", "<html>"),
        ("/media/main.m3u8", "#EXTM3U\n"),
        ("/media/v360/index.m3u8", TRACK.replace("#EXTINF:1.00000,\n1.m4s\n", "")),
        ("/media/a1/index.m3u8", TRACK.replace("#EXT-X-ENDLIST", "")),
        ("/media/a1/init.mp4", "nothing"),
        ("/media/v360/0.m4s", "nothing"),
    ],
)
def test_what_a_player_would_stop_at_is_a_failure(
    site: Endpoint, files: dict[str, str], path: str, content: str
) -> None:
    files[path] = content
    with pytest.raises(EndpointError) as refused:
        Viewer(site).play(JOB, 2)
    assert refused.value.code == "unplayable"


def test_a_segment_that_is_not_there_is_a_failure(site: Endpoint, files: dict[str, str]) -> None:
    del files["/media/v360/0.m4s"]
    with pytest.raises(EndpointError) as refused:
        Viewer(site).play(JOB, 2)
    assert refused.value.status == 404
