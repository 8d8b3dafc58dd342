"""Films are watched with a session alone: keys from their custom resource, an edge that guards, revocation."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from benchmarks.people import new_token
from benchmarks.service import MarqueeService
from tests.e2e.storage import aws, database, media_bucket, signing_key
from tests.local.edge.signing import cookies, encoded, policy

pytestmark = pytest.mark.e2e

API = "/api/v1/streaming"
SECRET_ASSET, OTHER_ASSET, PUBLIC_ASSET = "ast_secret", "ast_other", "ast_public"
VISIBILITY = {SECRET_ASSET: "signed_in", OTHER_ASSET: "signed_in", PUBLIC_ASSET: None}
TRACK = b"#EXTM3U\n#EXTINF:2.0,\n00000.m4s\n#EXT-X-ENDLIST\n"
Cookies = dict[str, str]


@dataclass
class Site:
    """A running Marquee as viewers see it; each group has one."""

    service: MarqueeService
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes, list[str]]:
        """The path goes as it is, with all its dots."""
        connection = http.client.HTTPConnection(self.service.endpoint.site.partition("//")[2], timeout=40)
        sent = {"Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, content, response.headers.get_all("Set-Cookie") or []

    def token_of(self, group: str) -> dict[str, str]:
        if group not in self.tokens:
            self.tokens[group] = new_token(self.service, group)
        return {"Authorization": f"Bearer {self.tokens[group]}"}

    def open(self, group: str = "free", asset_id: str = SECRET_ASSET) -> dict[str, Any]:
        status, content, set_cookies = self.ask("POST", f"{API}/sessions", {"asset_id": asset_id}, self.token_of(group))
        assert status == 200, content
        session: dict[str, Any] = json.loads(content)
        assert session["cookies"] == dict(cookie.partition(";")[0].split("=", 1) for cookie in set_cookies)
        return session

    def media(self, path: str, sent: Cookies | None = None) -> int:
        header = "; ".join(f"{name}={value}" for name, value in (sent or {}).items())
        return self.ask("GET", path, None, {"Cookie": header} if header else {})[0]


@pytest.fixture(scope="module")
def site(service: MarqueeService) -> Iterator[Site]:
    """Three assets as a finished job leaves them."""
    s3, now = aws(service, "s3"), datetime.now(UTC)
    with database(service) as stored:
        for asset_id, visibility in VISIBILITY.items():
            for name in ("main.m3u8", "v360/index.m3u8", "v360/00000.m4s", "images/poster.jpg"):
                s3.put_object(Bucket=media_bucket(s3), Key=f"media/{asset_id}/1/{name}", Body=TRACK)
            document = {
                "_id": asset_id, "title": "T", "filename": "t.mp4", "job_id": "job_1", "upload_id": "upl_1",
                "listed": True, "status": "ready", "current_version": 1, "created_at": now, "updated_at": now,
                "visibility": visibility,
            }  # fmt: skip
            stored["assets"].insert_one(document)
        yield Site(service)
        stored["assets"].delete_many({"_id": {"$in": list(VISIBILITY)}})


def segment(asset_id: str = SECRET_ASSET) -> str:
    return f"/media/{asset_id}/1/v360/00000.m4s"


def test_nothing_is_watched_without_a_session_but_posters(site: Site) -> None:
    for asset_id in VISIBILITY:
        assert site.media(segment(asset_id)) == 403
        assert site.media(f"/media/{asset_id}/1/main.m3u8") == 403
        assert site.media(f"/media/{asset_id}/1/images/poster.jpg") == 200
    assert site.ask("POST", f"{API}/sessions", {"asset_id": SECRET_ASSET})[0] == 401


def test_who_is_not_signed_in_gets_sessions_of_what_is_for_all(site: Site) -> None:
    assert site.ask("POST", f"{API}/sessions/public", {"asset_id": SECRET_ASSET})[0] == 401
    status, content, _ = site.ask("POST", f"{API}/sessions/public", {"asset_id": PUBLIC_ASSET})
    assert status == 200
    assert site.media(segment(PUBLIC_ASSET), json.loads(content)["cookies"]) == 200


def test_a_session_opens_its_asset_and_no_other(site: Site) -> None:
    session = site.open()
    assert site.media(session["playback_url"], session["cookies"]) == 200
    assert site.media(segment(), session["cookies"]) == 200
    assert site.media(segment(OTHER_ASSET), session["cookies"]) == 403
    assert site.media(f"/media/{SECRET_ASSET}/%2e%2e/{OTHER_ASSET}/1/main.m3u8", session["cookies"]) == 403


def test_cookies_that_were_changed_or_have_ended_open_nothing(site: Site) -> None:
    given: Cookies = site.open()["cookies"]
    key, now = load_pem_private_key(signing_key(site.service).encode(), None), int(time.time())
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    # The edge is asked over https wherever it is; on this machine it takes its site to be.
    everything = f"https://{site.service.endpoint.site.partition('//')[2]}/media/{SECRET_ASSET}/*"
    later = policy(everything, now + 999_999, DateGreaterThan=1)

    def signed(before: int) -> Cookies:
        return cookies(key, given["CloudFront-Key-Pair-Id"], policy(everything, before, DateGreaterThan=1))

    assert site.media(segment(), signed(now + 60)) == 200
    assert site.media(segment(), signed(now - 1)) == 403
    assert site.media(segment(), {**given, "CloudFront-Policy": encoded(later)}) == 403
    assert site.media(segment(), {**given, "CloudFront-Key-Pair-Id": "KUNKNOWN"}) == 403
    assert site.media(segment(), {name: given[name] for name in given if "Signature" not in name}) == 403


def test_a_signed_playlist_plays_without_cookies(site: Site) -> None:
    address = site.open()["signed_playback_url"]
    status, content, _ = site.ask("GET", address.replace("main.m3u8", "v360/index.m3u8"))
    (line,) = (line for line in content.decode().splitlines() if "m4s" in line)
    assert (status, site.media(line)) == (200, 200)
    assert site.media(line.replace(SECRET_ASSET, OTHER_ASSET)) == 403


def test_an_ended_session_opens_nothing_and_others_go_on(site: Site) -> None:
    ended, other = site.open(), site.open("premium")
    assert site.ask("DELETE", f"{API}/sessions/{ended['id']}", None, site.token_of("premium"))[0] == 403
    assert site.ask("DELETE", f"{API}/sessions/{ended['id']}", None, site.token_of("free"))[0] == 204
    assert site.media(segment(), ended["cookies"]) == 403
    assert site.media(segment(), other["cookies"]) == 200
    renewal = f"{API}/sessions/{ended['id']}/renew"
    assert site.ask("POST", renewal, None, site.token_of("free"))[0] == 403


def test_an_administrator_ends_all_sessions_of_an_asset(site: Site) -> None:
    session, other = site.open("premium", OTHER_ASSET), site.open("premium")
    body = {"asset_id": OTHER_ASSET}
    assert site.ask("POST", f"{API}/revocations", body, site.token_of("free"))[0] == 403
    assert site.ask("POST", f"{API}/revocations", body, site.token_of("admin"))[0] == 201
    assert site.media(segment(OTHER_ASSET), session["cookies"]) == 403
    assert site.media(segment(), other["cookies"]) == 200
