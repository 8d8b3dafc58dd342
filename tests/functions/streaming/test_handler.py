"""`streaming` through its real entry: who is given cookies, for what, and for how long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from marquee.domain.clock import utc_now
from marquee.domain.enrichment import ModerationHold
from marquee.domain.playback import session_name, session_of
from marquee.entry.cookies import CookieRules
from marquee.services.show_playlist import ShowPlaylist
from streaming.handler import lambda_handler
from streaming.wiring import wiring

from tests.fakes_playback import SITE, MemoryRevocations, signed_rights
from tests.platform import MEDIA, Platform
from tests.viewers import ask, said

SESSIONS = "/api/v1/streaming/sessions"
MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",URI="a0/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
v360/index.m3u8
"""
TRACK = """#EXTM3U
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2.0,
00000.m4s
"""


@pytest.fixture
def revoked() -> MemoryRevocations:
    return MemoryRevocations()


@pytest.fixture(autouse=True)
def _wired(platform: Platform, revoked: MemoryRevocations) -> Iterator[None]:
    rights = signed_rights(revoked)
    playlists = ShowPlaylist(platform.objects, MEDIA, rights.signer, revoked, lambda: SITE)
    with platform.within(wiring, rights=rights, cookies=CookieRules(), show_playlist=playlists):
        yield


@pytest.fixture
def asset_id(platform: Platform) -> str:
    job = platform.running()
    platform.assets.mark_playable(job.asset_id, 1, utc_now())
    for name, text in (("main.m3u8", MASTER), ("v360/index.m3u8", TRACK)):
        platform.objects.put(MEDIA, f"media/{job.asset_id}/1/{name}", text.encode(), content_type="x")
    return job.asset_id


def opened(asset_id: str, viewer: str = "ann") -> dict[str, Any]:
    status, session = said(ask(lambda_handler, "POST", SESSIONS, {"asset_id": asset_id}, viewer=viewer))
    assert status == 200
    found: dict[str, Any] = session
    return found


def set_visibility(platform: Platform, asset_id: str, visibility: str) -> None:
    asset = platform.assets.get(asset_id)
    assert asset is not None
    platform.assets.kept[asset_id] = asset.model_copy(update={"visibility": visibility})


def test_a_viewer_gets_cookies_for_the_asset_s_path_alone(asset_id: str) -> None:
    answer = ask(lambda_handler, "POST", SESSIONS, {"asset_id": asset_id}, viewer="ann")

    names = [cookie.partition("=")[0] for cookie in answer["cookies"]]
    assert names == [f"CloudFront-{name}" for name in ("Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")]
    for cookie in answer["cookies"]:
        assert f"; Path=/media/{asset_id}/;" in cookie
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert said(answer)[1]["cookies"]["CloudFront-Key-Pair-Id"] == "KCURRENT"


def test_cookies_go_over_plain_http_only_where_there_is_no_tls(platform: Platform, asset_id: str) -> None:
    with platform.within(wiring, rights=signed_rights(), cookies=CookieRules(secure=False)):
        answer = ask(lambda_handler, "POST", SESSIONS, {"asset_id": asset_id}, viewer="ann")
    assert not [cookie for cookie in answer["cookies"] if "Secure" in cookie]


def test_a_session_s_id_says_whose_it_is_and_opens_nothing(asset_id: str) -> None:
    session = opened(asset_id)
    assert session_of(session["id"]).asset_id == asset_id
    assert session["cookies"]["CloudFront-Signature"] not in session["id"]


@pytest.mark.parametrize(
    ("visibility", "viewer", "groups", "status"),
    [
        ("public", None, "", 200),
        ("signed_in", None, "", 401),
        ("signed_in", "ann", "", 200),
        ("premium", None, "", 401),
        ("premium", "ann", "[free]", 403),
        ("premium", "ann", "[premium]", 200),
        ("premium", "ann", "[admin]", 200),
    ],
)
def test_who_may_watch(
    platform: Platform, asset_id: str, visibility: str, viewer: str | None, groups: str, status: int
) -> None:
    set_visibility(platform, asset_id, visibility)
    door = SESSIONS if viewer else f"{SESSIONS}/public"
    answer = ask(lambda_handler, "POST", door, {"asset_id": asset_id}, viewer=viewer, groups=groups)
    assert answer["statusCode"] == status


def test_who_shows_no_token_opens_nothing_at_the_viewers_door(platform: Platform, asset_id: str) -> None:
    set_visibility(platform, asset_id, "public")
    assert ask(lambda_handler, "POST", SESSIONS, {"asset_id": asset_id})["statusCode"] == 401


def test_the_public_door_opens_public_assets_alone(platform: Platform, asset_id: str) -> None:
    assert ask(lambda_handler, "POST", f"{SESSIONS}/public", {"asset_id": asset_id})["statusCode"] == 401
    set_visibility(platform, asset_id, "public")
    assert ask(lambda_handler, "POST", f"{SESSIONS}/public", {"asset_id": asset_id})["statusCode"] == 200


def test_a_session_is_renewed_by_its_viewer(asset_id: str) -> None:
    session = opened(asset_id)
    path = f"{SESSIONS}/{session['id']}/renew"

    status, renewed = said(ask(lambda_handler, "POST", path, viewer="ann"))
    assert (status, renewed["asset_id"]) == (200, asset_id)
    assert ask(lambda_handler, "POST", path, viewer="bob")["statusCode"] == 403
    assert ask(lambda_handler, "POST", path)["statusCode"] == 401
    assert ask(lambda_handler, "POST", f"{SESSIONS}/ses_nonsense/renew", viewer="ann")["statusCode"] == 404


def test_a_revoked_session_is_not_renewed(asset_id: str, revoked: MemoryRevocations) -> None:
    session = session_of(opened(asset_id)["id"])
    revoked.add(session_name(session), session.ends_at)

    status, problem = said(ask(lambda_handler, "POST", f"{SESSIONS}/{session.id}/renew", viewer="ann"))
    assert (status, problem["code"]) == (403, "session_revoked")


def test_every_address_in_a_signed_playlist_is_signed(asset_id: str) -> None:
    address = opened(asset_id)["signed_playback_url"]
    answer = ask(lambda_handler, "GET", address)
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    assert headers["content-type"] == "application/vnd.apple.mpegurl"
    assert headers["cache-control"].startswith("private")
    addresses = re.findall(r'URI="([^"]+)"|^([^#\n].*)$', answer["body"], re.MULTILINE)
    assert [(one or other).partition("?")[0] for one, other in addresses] == ["a0/index.m3u8", "v360/index.m3u8"]

    track = ask(lambda_handler, "GET", address.replace("main.m3u8", "v360/index.m3u8"))
    for name in ("init.mp4", "00000.m4s"):
        assert f"/media/{asset_id}/1/v360/{name}?Policy=" in track["body"]
    assert "Hash-Algorithm=SHA256" in track["body"]


def test_a_playlist_is_not_given_for_another_signature_or_session(platform: Platform, asset_id: str) -> None:
    address = opened(asset_id)["signed_playback_url"]
    other = opened(asset_id, viewer="bob")["signed_playback_url"]
    mixed = f"{address.partition('?')[0]}?{other.partition('?')[2]}"
    for wrong in (mixed, address.replace("signature=", "signature=A"), address.replace("KCURRENT", "KOTHER")):
        assert ask(lambda_handler, "GET", wrong)["statusCode"] in {403, 422}


def test_nobody_begins_to_watch_by_the_playlist_of_a_revoked_session(asset_id: str, revoked: MemoryRevocations) -> None:
    session = opened(asset_id)
    revoked.add(session_name(session_of(session["id"])), session_of(session["id"]).ends_at)

    status, problem = said(ask(lambda_handler, "GET", session["signed_playback_url"]))
    assert (status, problem["code"]) == (403, "session_revoked")


@pytest.mark.parametrize("name", ["00000.m4s", "..%2Fmain.m3u8", "main.m3u8.m3u8"])
def test_nothing_but_playlists_is_given(asset_id: str, name: str) -> None:
    address = opened(asset_id)["signed_playback_url"]
    assert ask(lambda_handler, "GET", address.replace("main.m3u8", name))["statusCode"] == 404


def test_text_is_signed_like_everything_else(platform: Platform, asset_id: str) -> None:
    folder = f"media/{asset_id}/1/tpt-BR-sdh.0a1b2c3d4e5f"
    manifest = '<MPD><BaseURL>tpt-BR-sdh.0a1b2c3d4e5f/captions.vtt</BaseURL><X media="v360/$Number%05d$.m4s"/></MPD>'
    texts = {f"{folder}/index.m3u8": "#EXTM3U\n#EXTINF:6.0,\n00000.vtt\n", f"media/{asset_id}/1/manifest.mpd": manifest}
    for key, text in texts.items():
        platform.objects.put(MEDIA, key, text.encode(), content_type="x")
    address = opened(asset_id)["signed_playback_url"]

    track = ask(lambda_handler, "GET", address.replace("main.m3u8", "tpt-BR-sdh.0a1b2c3d4e5f/index.m3u8"))
    assert (track["statusCode"], f"/{folder}/00000.vtt?Policy=" in track["body"]) == (200, True)
    dash = ask(lambda_handler, "GET", address.replace("main.m3u8", "manifest.mpd"))["body"]
    assert f"<BaseURL>/{folder}/captions.vtt?Policy=" in dash
    assert f'media="/media/{asset_id}/1/v360/$Number%05d$.m4s?Policy=' in dash


@pytest.mark.parametrize(("state", "code"), [("held", "under_review"), ("blocked", "blocked_by_review")])
def test_what_is_withheld_is_watched_by_no_viewer(platform: Platform, asset_id: str, state: str, code: str) -> None:
    withhold(platform, asset_id, state)
    status, problem = said(ask(lambda_handler, "POST", SESSIONS, {"asset_id": asset_id}, viewer="ann"))
    assert (status, problem["code"]) == (409, code)


def test_an_administrator_watches_what_waits_for_a_decision_but_not_what_is_blocked(
    platform: Platform, asset_id: str
) -> None:
    platform.caller = "admin"
    withhold(platform, asset_id, "held")
    answer = platform.call(lambda_handler, "POST", SESSIONS, {"asset_id": asset_id})
    assert (answer.status, answer.body["playback_url"]) == (200, f"/media/{asset_id}/1/main.m3u8")
    withhold(platform, asset_id, "blocked")
    assert platform.call(lambda_handler, "POST", SESSIONS, {"asset_id": asset_id}).status == 409


def withhold(platform: Platform, asset_id: str, state: str) -> None:
    hold = ModerationHold.model_validate({"asset_version": 1, "state": state, "verdict": "flagged"})
    asset = platform.assets.kept[asset_id]
    platform.assets.kept[asset_id] = asset.model_copy(update={"current_version": 1, "moderation": hold})
