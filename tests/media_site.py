"""Media in a folder, as an object store and as a small web site with a bare page for each player."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from marquee.domain.errors import NotFound
from marquee.domain.ports import ObjectHead, PreconditionFailed, StoredObject

WEB = Path(__file__).resolve().parents[1] / "web" / "node_modules"
PLAYERS = {"hls": WEB / "hls.js/dist/hls.min.js", "dash": WEB / "dashjs/dist/modern/umd/dash.all.min.js"}
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    ".mp4": "video/mp4",
    ".m4s": "video/iso.segment",
    ".vtt": "text/vtt; charset=utf-8",
}
PAGE = """<!doctype html><title>player</title><video muted playsinline></video>
<script src="/player.js"></script>
<script>
const video = document.querySelector('video');
const seen = window.seen = {errors: [], stalls: 0, ended: false, levels: 0};
video.addEventListener('ended', () => { seen.ended = true; });
video.addEventListener('error', () => seen.errors.push('video: ' + video.error.message));
const source = new URLSearchParams(location.search).get('source');
if (window.Hls) {
  const hls = window.player = new Hls({startLevel: -1});
  hls.on(Hls.Events.ERROR, (_, data) => {
    // A jump gives up the load it was waiting for: hls.js tells that, too.
    if (data.details !== 'aborted') seen.errors.push(data.type + ' ' + data.details);
  });
  hls.on(Hls.Events.MANIFEST_PARSED, (_, data) => { seen.levels = data.levels.length; });
  hls.loadSource(source);
  hls.attachMedia(video);
} else {
  const dash = window.player = dashjs.MediaPlayer().create();
  dash.on('error', data => seen.errors.push(String(data.error && data.error.message)));
  dash.on('streamInitialized', () => {
    seen.levels = dash.getRepresentationsByType('video').length;
  });
  dash.initialize(video, source, false);
}
</script>"""


class FolderObjects:
    """An `ObjectStore` on a folder: an object is the file `{bucket}/{key}`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._lock = threading.Lock()

    def path(self, bucket: str, key: str) -> Path:
        return self.root / bucket / key

    def get(self, bucket: str, key: str) -> StoredObject | None:
        try:
            body = self.path(bucket, key).read_bytes()
        except FileNotFoundError:
            return None
        return StoredObject(body, _etag(body))

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        content_type: str,
        cache_control: str | None = None,
        if_match: str | None = None,
        if_none_match: bool = False,
    ) -> str:
        with self._lock:
            there = self.get(bucket, key) if if_match or if_none_match else None
            if (if_none_match and there) or (if_match and (there is None or there.etag != if_match)):
                raise PreconditionFailed(f"{key} is another by now")
            path = self.path(bucket, key)
            path.parent.mkdir(parents=True, exist_ok=True)
            # In one step, as in S3: a reader sees the old object or the new one.
            beside = path.with_name(path.name + ".new")
            beside.write_bytes(body)
            beside.replace(path)
        return _etag(body)

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        found = self.get(bucket, key)
        return None if found is None else ObjectHead(key, len(found.body), found.etag)

    def list(self, bucket: str, prefix: str) -> Iterator[ObjectHead]:
        base = self.root / bucket
        for path in sorted(base.rglob("*")):
            key = path.relative_to(base).as_posix()
            if path.is_file() and key.startswith(prefix):
                yield ObjectHead(key, path.stat().st_size, "")

    def delete(self, bucket: str, key: str) -> None:
        self.path(bucket, key).unlink(missing_ok=True)

    def delete_prefix(self, bucket: str, prefix: str) -> int:
        found = [head.key for head in self.list(bucket, prefix)]
        for key in found:
            self.delete(bucket, key)
        return len(found)

    def presign_get(self, bucket: str, key: str, *, expires_seconds: int, version_id: str | None = None) -> str:
        return str(self.path(bucket, key))

    def download_to(self, bucket: str, key: str, path: Path, *, version_id: str | None = None) -> None:
        found = self.get(bucket, key)
        if found is None:
            raise NotFound(f"there is no {key}")
        path.write_bytes(found.body)


class QuietServer(ThreadingHTTPServer):
    """A server whose clients may hang up, as players do when the viewer jumps."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            raise


@contextmanager
def media_site(folder: Path, player: str) -> Iterator[str]:
    """Serve `folder` and, at `/?source=…`, a page with that player (`hls` or `dash`); gives the address."""
    files = {"/": PAGE.encode(), "/player.js": PLAYERS[player].read_bytes(), "/favicon.ico": b""}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.partition("?")[0]
            body = files[name] if name in files else _read(folder / name.lstrip("/"))
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", TYPES.get(Path(name).suffix, TYPES[".html"]))
            self.send_header("Content-Length", str(len(body or b"")))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the tests read what the players say."""

    server = QuietServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
