"""`streaming` where an environment opens playback to everybody."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from marquee.domain.clock import utc_now
from marquee.services.playback_rights import OpenRights
from streaming.handler import lambda_handler
from streaming.wiring import wiring

from tests.measured import listening
from tests.platform import Answer, Platform


@pytest.fixture(autouse=True)
def _wired(platform: Platform) -> Iterator[None]:
    settings = SimpleNamespace(playback="open")
    with platform.within(wiring, rights=OpenRights(timedelta(hours=12)), cookies=None, settings=settings):
        yield


def open_session(platform: Platform, asset_id: str) -> Answer:
    return platform.call(lambda_handler, "POST", "/api/v1/streaming/sessions", {"asset_id": asset_id})


def test_a_session_tells_where_to_watch(platform: Platform) -> None:
    job = platform.running()
    platform.assets.mark_playable(job.asset_id, 1, utc_now())
    with listening() as told:
        answer = open_session(platform, job.asset_id)

    assert answer.status == 200
    assert told.of("SessionsOpened") == [1]
    assert answer.body["playback_url"] == f"/media/{job.asset_id}/1/main.m3u8"
    assert answer.body["cookies"] == {}
    assert answer.body["signed_playback_url"] is None
    assert answer.body["expires_at"].endswith("Z")


def test_what_cannot_be_watched_yet_is_a_409(platform: Platform) -> None:
    answer = open_session(platform, platform.running().asset_id)

    assert (answer.status, answer.body["code"]) == (409, "not_playable")


def test_an_unknown_asset_is_a_404(platform: Platform) -> None:
    assert open_session(platform, "ast_none").status == 404
