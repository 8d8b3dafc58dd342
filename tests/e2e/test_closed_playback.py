"""The app with playback closed, on the local cloud: keys from its custom resource, an edge that guards, revocation."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from benchmarks.ports import free_ports
from infra.build import build_app
from infra.environments import DEV
from infra.playback import Playback
from infra.sources import Sources
from local.cloud import Options
from tests.local.conftest import RunningCloud, run_cloud
from tests.local.identity.client import sign_in

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
API = "/api/v1/streaming"
SECRET_ASSET, OTHER_ASSET = "ast_secret", "ast_other"
TRACK = b"#EXTM3U\n#EXTINF:2.0,\n00000.m4s\n#EXT-X-ENDLIST\n"


def closed_assembly(folder: Path, generation: int = 1) -> Path:
    playback = Playback(access="closed", key_generation=generation)
    closed = DEV.model_copy(update={"playback": playback})
    build_app([closed], Sources.in_repository(ROOT), outdir=folder).synth()
    return folder


@dataclass
class Site:
    """A running cloud as a viewer sees it."""

    running: RunningCloud

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, list[str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.running.cloud.options.port, timeout=40)
        sent = {"Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, content, response.headers.get_all("Set-Cookie") or []

    def token_of(self, user: str) -> dict[str, str]:
        identity = self.running.cloud.identity
        (found,) = (one for one in identity.demo_users if one.email.startswith(f"{user}@"))
        client = json.loads(self.ask("GET", "/api/v1/identity")[1])["client_id"]
        reply = sign_in(self.running.cloud.aws_url, client, found.email, found.password)
        tokens = reply.body["AuthenticationResult"]
        return {"Authorization": f"Bearer {tokens['AccessToken']}"}

    def open(self, user: str = "viewer", asset_id: str = SECRET_ASSET) -> dict[str, Any]:
        status, content, set_cookies = self.ask("POST", f"{API}/sessions", {"asset_id": asset_id}, self.token_of(user))
        assert status == 200, content
        session: dict[str, Any] = json.loads(content)
        session["Cookie"] = "; ".join(cookie.partition(";")[0] for cookie in set_cookies)
        return session

    def media(self, path: str, cookie: str = "") -> int:
        return self.ask("GET", path, None, {"Cookie": cookie} if cookie else {})[0]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("closed")
    options = Options(
        port=free_ports(), state_dir=folder / "state", assembly_dir=closed_assembly(folder / "cdk.out"), warm=False
    )
    for running in run_cloud(options, folder / "unused"):
        _fill(running)
        yield Site(running)


def _fill(running: RunningCloud) -> None:
    """Two assets as a finished job leaves them."""
    (media,) = (bucket.name for bucket in running.cloud.system.buckets if "-media-" in bucket.name)
    now = datetime.now(UTC)
    s3 = running.client("s3")
    port = running.cloud.platform.database_port
    with MongoClient[dict[str, Any]](f"mongodb://127.0.0.1:{port}/?retryWrites=false") as client:
        for asset_id in (SECRET_ASSET, OTHER_ASSET):
            for name in ("main.m3u8", "v360/index.m3u8"):
                s3.put_object(Bucket=media, Key=f"media/{asset_id}/1/{name}", Body=TRACK)
            s3.put_object(Bucket=media, Key=f"media/{asset_id}/1/v360/00000.m4s", Body=b"segment")
            document = {
                "_id": asset_id, "title": "T", "filename": "t.mp4", "job_id": "job_1", "upload_id": "upl_1",
                "listed": True, "status": "ready", "current_version": 1, "created_at": now, "updated_at": now,
            }  # fmt: skip
            client["marquee"]["assets"].insert_one(document)


def segment(asset_id: str = SECRET_ASSET) -> str:
    return f"/media/{asset_id}/1/v360/00000.m4s"


def test_nothing_is_watched_without_a_session(site: Site) -> None:
    assert site.media(segment()) == 403
    assert site.ask("POST", f"{API}/sessions", {"asset_id": SECRET_ASSET})[0] == 401


def test_a_session_opens_its_asset_and_no_other(site: Site) -> None:
    session = site.open()
    assert site.media(session["playback_url"], session["Cookie"]) == 200
    assert site.media(segment(), session["Cookie"]) == 200
    assert site.media(segment(OTHER_ASSET), session["Cookie"]) == 403
    assert site.media(f"/media/{SECRET_ASSET}/%2e%2e/{OTHER_ASSET}/1/main.m3u8", session["Cookie"]) == 403


def test_a_signed_playlist_plays_without_cookies(site: Site) -> None:
    address = site.open()["signed_playback_url"]
    status, content, _ = site.ask("GET", address.replace("main.m3u8", "v360/index.m3u8"))
    (line,) = (line for line in content.decode().splitlines() if "m4s" in line)
    assert (status, site.media(line)) == (200, 200)
    assert site.media(line.replace(SECRET_ASSET, OTHER_ASSET)) == 403


def test_an_ended_session_opens_nothing_and_others_go_on(site: Site) -> None:
    ended, other = site.open(), site.open("premium")
    assert site.ask("DELETE", f"{API}/sessions/{ended['id']}", None, site.token_of("premium"))[0] == 403
    assert site.ask("DELETE", f"{API}/sessions/{ended['id']}", None, site.token_of("viewer"))[0] == 204
    assert site.media(segment(), ended["Cookie"]) == 403
    assert site.media(segment(), other["Cookie"]) == 200
    renewal = f"{API}/sessions/{ended['id']}/renew"
    assert site.ask("POST", renewal, None, site.token_of("viewer"))[0] == 403


def test_an_administrator_ends_all_sessions_of_an_asset(site: Site) -> None:
    session, other = site.open("premium", OTHER_ASSET), site.open("premium")
    body = {"asset_id": OTHER_ASSET}
    assert site.ask("POST", f"{API}/revocations", body, site.token_of("viewer"))[0] == 403
    assert site.ask("POST", f"{API}/revocations", body, site.token_of("admin"))[0] == 201
    assert site.media(segment(OTHER_ASSET), session["Cookie"]) == 403
    assert site.media(segment(), other["Cookie"]) == 200
